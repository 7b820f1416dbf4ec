/** One field as it stands on the wire. */
export interface WireField {
  number: number;
  /** A varint or fixed-size number, or the bytes of a length-delimited field. */
  value: bigint | Uint8Array;
}

/** A message that is not well-formed. */
export class WireError extends Error {}

/** Splits a message of protobuf's wire format into its fields. @throws WireError. */
export function* readFields(message: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new WireError('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError('integer overflow');
  };
  const bytes = (length: number): Uint8Array => {
    if (at + length > message.length) throw new WireError('unexpected EOF');
    at += length;
    return message.subarray(at - length, at);
  };
  const fixed = (length: number): bigint =>
    bytes(length).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

  while (at < message.length) {
    const key = Number(varint());
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: fixed(8) };
        break;
      case 2:
        yield { number, value: bytes(Number(varint())) };
        break;
      case 5:
        yield { number, value: fixed(4) };
        break;
      default:
        throw new WireError(`unknown wire type ${key & 7}`);
    }
  }
}
