import { constants, createInflate, type Inflate } from 'node:zlib';

/**
 * The dictionary that SPDY/3 header blocks are compressed with (section 2.6.10.1 of the draft): words with a
 * 32-bit length before each, then running text.
 */
const DICTIONARY_WORDS =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age ' +
  'allow authorization cache-control connection content-base content-encoding content-language content-length ' +
  'content-location content-md5 content-range content-type date etag expect expires from host if-match ' +
  'if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma ' +
  'proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade ' +
  'user-agent vary via warning www-authenticate method get status 200_OK version HTTP/1.1 url public set-cookie ' +
  'keep-alive origin';
const DICTIONARY_TEXT =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505' +
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized' +
  '403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable' +
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT' +
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,' +
  'text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.';

const DICTIONARY = Buffer.concat([
  ...DICTIONARY_WORDS.split(' ').flatMap((word) => {
    const text = Buffer.from(word.replace('_', ' '));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return [length, text];
  }),
  Buffer.from(DICTIONARY_TEXT),
]);

/** Reads the header blocks of one connection, in order: they share one compression state. */
export class HeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY, flush: constants.Z_SYNC_FLUSH });
  #output: Buffer[] = [];

  constructor() {
    this.#inflate.on('data', (chunk: Buffer) => this.#output.push(chunk));
  }

  /** Rejects when the block is not what it should be. */
  async read(block: Uint8Array): Promise<Map<string, string>> {
    this.#output = [];
    await new Promise<void>((resolve, reject) => {
      this.#inflate.once('error', reject);
      this.#inflate.write(block, () => {
        this.#inflate.off('error', reject);
        resolve();
      });
    });
    return parsePairs(Buffer.concat(this.#output));
  }

  close(): void {
    this.#inflate.destroy();
  }
}

function parsePairs(block: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  let at = 4;
  const text = (): string => {
    const length = block.readUInt32BE(at);
    at += 4 + length;
    return block.toString('latin1', at - length, at);
  };
  for (let count = block.readUInt32BE(0); count > 0; count--) {
    const name = text();
    headers.set(name.toLowerCase(), text());
  }
  return headers;
}

/** An empty header block as stored (uncompressed) deflate, flushed. All that a server has to send. */
const EMPTY_PAIRS = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
/** zlib's header with the dictionary's Adler-32, before the first block of a connection. */
const ZLIB_HEADER = Buffer.from([0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2]);

/** @param first true for the first block that the server sends on a connection. */
export function emptyHeaderBlock(first: boolean): Buffer {
  return first ? Buffer.concat([ZLIB_HEADER, EMPTY_PAIRS]) : EMPTY_PAIRS;
}
