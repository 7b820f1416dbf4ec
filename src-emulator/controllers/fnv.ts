/** Letters and digits that spell no words: k8s.io/apimachinery/pkg/util/rand.SafeEncodeString. */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1 with 32 bits, as Go's hash/fnv.New32. */
export function fnv32(text: string): number {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = (Math.imul(hash, PRIME) ^ byte) >>> 0;
  return hash;
}

/** FNV-1a with 32 bits, as Go's hash/fnv.New32a. */
export function fnv32a(text: string): number {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, PRIME) >>> 0;
  return hash;
}

/** A hash as it stands in names. */
export function safeName(hash: number): string {
  return String(hash).replace(/./g, (digit) =>
    SAFE_ALPHABET.charAt(digit.charCodeAt(0) % SAFE_ALPHABET.length),
  );
}
