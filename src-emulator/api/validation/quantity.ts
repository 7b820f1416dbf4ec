/**
 * resource.Quantity: a decimal number with a suffix. Amounts are kept as whole nano units in a bigint, which is
 * exactly the precision that Kubernetes keeps.
 */

/** The words of resource.ErrFormatWrong. */
export const QUANTITY_FORMAT_ERROR =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export interface Quantity {
  /** The amount in billionths. */
  nanos: bigint;
  format: Format;
}

const NANO = 1_000_000_000n;
const MILLI = NANO / 1000n;
const ZERO: Quantity = { nanos: 0n, format: 'DecimalSI' };
const DECIMAL_SUFFIXES: [string, number][] = [
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Reads a quantity. Returns undefined where Kubernetes answers {@link QUANTITY_FORMAT_ERROR}. */
export function parseQuantity(text: string | number): Quantity | undefined {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)([A-Za-z]*)([-+]?\d*)$/.exec(String(text));
  if (match === null) return undefined;
  const [, sign = '', digits = '', suffix = '', exponent = ''] = match;
  let format: Format = 'DecimalSI';
  let power = 0;
  let binary = 0;
  if ((suffix === 'e' || suffix === 'E') && exponent !== '') {
    format = 'DecimalExponent';
    power = Number(exponent);
    if (!Number.isInteger(power)) return undefined;
  } else {
    if (exponent !== '') return undefined;
    const decimal = DECIMAL_SUFFIXES.find(([name]) => name === suffix);
    if (decimal !== undefined) power = decimal[1];
    else {
      binary = BINARY_SUFFIXES.indexOf(suffix);
      if (binary <= 0) return undefined;
      format = 'BinarySI';
    }
  }
  const [whole = '', fraction = ''] = digits.split('.');
  let value = BigInt(`${whole}${fraction}`) * 1024n ** BigInt(binary);
  const scale = power - fraction.length + 9;
  if (scale >= 0) value *= 10n ** BigInt(scale);
  else value = divideUp(value, 10n ** BigInt(-scale));
  return { nanos: sign === '-' ? -value : value, format };
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** Writes a quantity as Kubernetes does: no fraction, the largest suffix that keeps it whole. */
function formatQuantity({ nanos, format }: Quantity): string {
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  if (size === 0n) return '0';
  if (format === 'BinarySI' && size >= 1024n * NANO) {
    let value = divideUp(size, NANO);
    let index = 0;
    while (value % 1024n === 0n && index < BINARY_SUFFIXES.length - 1) {
      value /= 1024n;
      index++;
    }
    return `${sign}${value}${BINARY_SUFFIXES[index] ?? ''}`;
  }
  let value = size;
  let power = -9;
  while (value % 1000n === 0n && power < 18) {
    value /= 1000n;
    power += 3;
  }
  if (format === 'DecimalExponent') return `${sign}${value}${power === 0 ? '' : `e${power}`}`;
  return `${sign}${value}${DECIMAL_SUFFIXES.find(([, exponent]) => exponent === power)?.[0] ?? ''}`;
}

/** The canonical text of a quantity: `0.5` → `500m`, `1024Mi` → `1Gi`. Undefined when it is none. */
export function canonicalQuantity(text: string | number): string | undefined {
  const quantity = parseQuantity(text);
  return quantity === undefined ? undefined : formatQuantity(quantity);
}

/** Amounts of resources are kept in thousandths: what is less counts as one (SetDefaults_ResourceList). */
export function roundUpAmounts(amounts: Record<string, string> | undefined): void {
  for (const [name, text] of Object.entries(amounts ?? {})) {
    const quantity = parseQuantity(text);
    if (amounts === undefined || quantity === undefined || quantity.nanos % MILLI === 0n) continue;
    const away = quantity.nanos > 0n ? MILLI : -MILLI;
    amounts[name] = formatQuantity({ ...quantity, nanos: (quantity.nanos / MILLI) * MILLI + away });
  }
}

/** The sum of two amounts, written like the first that is not nothing. Left out and unreadable ones count as 0. */
export function addQuantities(a: string | undefined, b: string | undefined): string {
  const left = parseQuantity(a ?? '0') ?? ZERO;
  const right = parseQuantity(b ?? '0') ?? ZERO;
  const format = left.nanos === 0n ? right.format : left.format;
  return formatQuantity({ nanos: left.nanos + right.nanos, format });
}

/** Negative when `a` is less than `b`, positive when it is more. Left out and unreadable ones count as 0. */
export function compareQuantities(a: string | undefined, b: string | undefined): number {
  const difference = (parseQuantity(a ?? '0') ?? ZERO).nanos - (parseQuantity(b ?? '0') ?? ZERO).nanos;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A quantity as a number, exact as far as numbers go; 0 for what is none. */
export function quantityNumber(text: string | undefined): number {
  return Number((parseQuantity(text ?? '0') ?? ZERO).nanos) / Number(NANO);
}
