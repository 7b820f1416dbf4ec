/** Reading of ASN.1 in DER (X.690): the little of it that certificate requests need. */

/** One value: its tag, its content, and all of it as it was written. */
export interface DerValue {
  tag: number;
  content: Buffer;
  raw: Buffer;
}

export const TAG = { bitString: 0x03, oid: 0x06, sequence: 0x30, set: 0x31 } as const;

/** Reads one value and nothing after it. @throws Error for what is no DER. */
export function readDer(bytes: Buffer): DerValue {
  const [value, ...rest] = readAll(bytes);
  if (value === undefined || rest.length > 0) throw new Error('trailing data');
  return value;
}

/** The values in a constructed one. @throws Error for what is no DER. */
export function children({ content }: DerValue): DerValue[] {
  return readAll(content);
}

function readAll(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined) throw new Error('data truncated');
    const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
    if (sizeBytes > 4) throw new Error('length too large');
    const length = sizeBytes === 0 ? first : bytes.readUIntBE(at + 2, sizeBytes);
    const start = at + 2 + sizeBytes;
    const end = start + length;
    if (end > bytes.length) throw new Error('data truncated');
    values.push({ tag, content: bytes.subarray(start, end), raw: bytes.subarray(at, end) });
    at = end;
  }
  return values;
}

/** An object identifier in dotted form. */
export function readOid({ content }: DerValue): string {
  const first = content[0] ?? 0;
  const arcs = [Math.min(2, Math.floor(first / 40))];
  arcs.push(first - (arcs[0] ?? 0) * 40);
  let arc = 0;
  for (const byte of content.subarray(1)) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  return arcs.join('.');
}
