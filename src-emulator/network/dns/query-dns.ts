import { decode, encode, RECURSION_DESIRED, streamEncode } from 'dns-packet';
import type { Answer, DecodedPacket, OptAnswer, Packet, RecordType } from 'dns-packet';
import type { Clock } from '../../clock.ts';
import { NetworkError } from '../types.ts';
import type { NetworkStack, SocketAddress } from '../types.ts';
import { DnsFrameReader } from './framing.ts';

/** A decoded answer, and what `dig` prints below it. */
export interface DnsReply extends DecodedPacket {
  /** `NOERROR`, `NXDOMAIN`, `SERVFAIL`, … */
  rcode: string;
  opcode: string;
  /** Size of the message on the wire. */
  sizeBytes: number;
  elapsedMs: number;
}

export interface QueryDnsOptions {
  clock: Clock;
  /** How long to wait for the answer. */
  timeoutMs: number;
  /** Over TCP from the start. A truncated UDP answer is returned as it is: the caller decides to ask again. */
  tcp?: boolean;
  /** Default true. */
  recursionDesired?: boolean;
  /** Sends EDNS(0) with this payload size, as `dig` does with 1232; left out, the query carries no OPT. */
  udpPayloadSize?: number;
  /** A client cookie of 8 bytes (RFC 7873), as `dig` sends; needs `udpPayloadSize`. */
  cookie?: Uint8Array;
  signal?: AbortSignal;
}

const COOKIE_OPTION = 10;

let nextQueryId = 1;

/**
 * Sends one question to one server and waits for its answer, whatever that says.
 * Rejects with {@link NetworkError} ETIMEDOUT or ECONNREFUSED, or with the signal's reason.
 */
export async function queryDns(
  stack: NetworkStack,
  server: SocketAddress,
  question: { name: string; type: string },
  options: QueryDnsOptions,
): Promise<DnsReply> {
  options.signal?.throwIfAborted();
  const id = nextQueryId;
  nextQueryId = (nextQueryId % 0xffff) + 1;
  const query: Packet = {
    type: 'query',
    id,
    flags: options.recursionDesired === false ? 0 : RECURSION_DESIRED,
    // dns-packet takes a number's name (TYPE65) or a known one; the type only lists the known ones.
    questions: [{ name: question.name, type: question.type as RecordType, class: 'IN' }],
    additionals:
      options.udpPayloadSize === undefined ? [] : [optRecord(options.udpPayloadSize, options.cookie)],
  };
  const startedAt = options.clock.now();
  const bytes =
    options.tcp === true
      ? await exchangeTcp(stack, server, streamEncode(query), options)
      : await exchangeUdp(stack, server, encode(query), id, options);
  const packet = decode(bytes) as DecodedPacket & { rcode: string; opcode: string };
  return Object.assign(packet, { sizeBytes: bytes.length, elapsedMs: options.clock.now() - startedAt });
}

/** An EDNS(0) OPT record (RFC 6891). */
function optRecord(udpPayloadSize: number, cookie: Uint8Array | undefined): Answer {
  const options = cookie === undefined ? [] : [{ code: COOKIE_OPTION, data: Buffer.from(cookie) }];
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: options as OptAnswer['options'],
  };
}

function timedOut(server: SocketAddress): NetworkError {
  return new NetworkError('ETIMEDOUT', `no answer from ${server.address}:${server.port}`);
}

function exchangeUdp(
  stack: NetworkStack,
  server: SocketAddress,
  query: Buffer,
  id: number,
  { clock, timeoutMs, signal }: QueryDnsOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = stack.bindUdp(0);
    const finish = (act: () => void): void => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
      socket.close();
      act();
    };
    const onAbort = (): void => finish(() => reject(signal?.reason as Error));
    const timer = clock.setTimeout(() => finish(() => reject(timedOut(server))), timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.onMessage((data, from) => {
      const message = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      const answersUs = from.address === server.address && from.port === server.port;
      if (answersUs && message.length >= 12 && message.readUInt16BE(0) === id) finish(() => resolve(message));
    });
    socket.onRefused(() =>
      finish(() => reject(new NetworkError('ECONNREFUSED', `${server.address}:${server.port} refused`))),
    );
    socket.send(query, server);
  });
}

async function exchangeTcp(
  stack: NetworkStack,
  server: SocketAddress,
  query: Buffer,
  { clock, timeoutMs, signal }: QueryDnsOptions,
): Promise<Buffer> {
  const startedAt = clock.now();
  const socket = await stack.connect(server, { timeoutMs, ...(signal && { signal }) });
  return new Promise((resolve, reject) => {
    const frames = new DnsFrameReader();
    const finish = (act: () => void): void => {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
      act();
    };
    const onAbort = (): void => finish(() => reject(signal?.reason as Error));
    const timer = clock.setTimeout(
      () => finish(() => reject(timedOut(server))),
      Math.max(0, timeoutMs - (clock.now() - startedAt)),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('data', (chunk: Buffer) => {
      const [first] = frames.push(chunk);
      if (first !== undefined) finish(() => resolve(first));
    });
    socket.on('close', () =>
      finish(() => reject(new NetworkError('ECONNRESET', 'the server closed the connection'))),
    );
    socket.write(query);
  });
}
