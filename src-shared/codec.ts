/**
 * How bytes travel inside the contract's messages, on both transports: oRPC's serializer has no type for
 * Uint8Array, so it is registered with this one on the handler and on the link.
 */
export const bytesSerializer = {
  type: 40,
  condition: (value: unknown): boolean => value instanceof Uint8Array,
  serialize: (value: Uint8Array): string => {
    let binary = '';
    for (let start = 0; start < value.length; start += 8192)
      binary += String.fromCharCode(...value.subarray(start, start + 8192));
    return btoa(binary);
  },
  deserialize: (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)),
};
