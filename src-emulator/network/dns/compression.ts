const HEADER_SIZE = 12;
/** A pointer to the question's name, which always starts right after the header (RFC 1035, 4.1.4). */
const QUESTION_POINTER = Buffer.from([0xc0, HEADER_SIZE]);
/** Type, class, TTL and data length of a record. */
const RECORD_FIXED_SIZE = 10;

/**
 * Replaces the owner names of records that repeat the name of the (only) question. The message must be free of
 * compression.
 */
export function compressOwners(message: Buffer): Buffer {
  const questionName = message.subarray(HEADER_SIZE, endOfName(message, HEADER_SIZE));
  let offset = HEADER_SIZE + questionName.length + 4;
  const parts = [message.subarray(0, offset)];
  while (offset < message.length) {
    const afterName = endOfName(message, offset);
    const end = afterName + RECORD_FIXED_SIZE + message.readUInt16BE(afterName + RECORD_FIXED_SIZE - 2);
    const repeats = message.subarray(offset, afterName).equals(questionName);
    parts.push(
      repeats ? QUESTION_POINTER : message.subarray(offset, afterName),
      message.subarray(afterName, end),
    );
    offset = end;
  }
  return Buffer.concat(parts);
}

function endOfName(message: Buffer, start: number): number {
  let offset = start;
  for (let length = message.readUInt8(offset); length > 0; length = message.readUInt8(offset))
    offset += length + 1;
  return offset + 1;
}
