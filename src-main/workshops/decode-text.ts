/** The text, or where the first byte is that is not of its encoding. */
export type Decoded = { text: string } | { badByte: { line: number; column: number } };

/**
 * Text of a file that a person saved somewhere: UTF-8 with or without a byte order mark, or UTF-16 with one. Other
 * encodings cannot be told from one another and are refused.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    const before = new TextDecoder(encoding).decode(bytes).split('\ufffd', 1)[0] ?? '';
    const lines = before.split('\n');
    return { badByte: { line: lines.length, column: (lines.at(-1) ?? '').length + 1 } };
  }
}
