/** A number, or a share of a total: `2`, `25%` (k8s.io/apimachinery/pkg/util/intstr). */
export function scaledValue(
  value: number | string | undefined,
  total: number,
  round: (share: number) => number,
): number {
  if (typeof value !== 'string') return value ?? 0;
  return value.endsWith('%') ? round((Number.parseInt(value, 10) * total) / 100) : Number.parseInt(value, 10);
}
