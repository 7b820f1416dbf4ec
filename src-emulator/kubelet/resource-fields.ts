import type { Container, Node, ResourceFieldSelector } from '../api/objects.ts';
import { parseQuantity } from '../api/validation/quantity.ts';

/**
 * The value of a resourceFieldRef: the container's request or limit in units of the divisor, rounded up; a limit
 * that is not set is what the node can give (k8s.io/kubernetes/pkg/api/v1/resource).
 */
export function resourceField(
  { resource, divisor }: ResourceFieldSelector,
  container: Container,
  node: Node | undefined,
): string {
  const [list = '', ...rest] = resource.split('.');
  const name = rest.join('.');
  const { requests, limits } = container.resources ?? {};
  const amount = list === 'limits' ? (limits?.[name] ?? node?.status.allocatable?.[name]) : requests?.[name];
  const nanos = parseQuantity(amount ?? '0')?.nanos ?? 0n;
  const unit = parseQuantity(divisor === undefined || divisor === '0' ? '1' : divisor)?.nanos ?? 1n;
  return String((nanos + unit - 1n) / unit);
}
