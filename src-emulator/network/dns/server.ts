import {
  AUTHORITATIVE_ANSWER,
  decode,
  DNSSEC_OK,
  encode,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet';
import type { Answer, DecodedPacket, OptAnswer, Packet } from 'dns-packet';
import type { ClusterApi } from '../../api/cluster-api.ts';
import type { Clock } from '../../clock.ts';
import { ServiceIndex } from '../service-index.ts';
import type { NetworkStack } from '../types.ts';
import { answerQuestion } from './cluster-zone.ts';
import type { ZoneAnswer } from './cluster-zone.ts';
import type { OutsideNames } from './outside-zone.ts';
import { compressOwners } from './compression.ts';
import { DnsFrameReader, frame } from './framing.ts';

export interface DnsServerOptions {
  api: ClusterApi;
  /** Where to serve: UDP and TCP port 53 of it. */
  stack: NetworkStack;
  clock: Clock;
  /** The names that the server learns from others. Left out: it reaches no other server. */
  outside?: OutsideNames;
  /** In [0, 1): shuffles addresses, as the loadbalance plug-in does. Default Math.random. */
  random?: () => number;
}

const DNS_PORT = 53;
/** What a client takes over UDP unless it says otherwise (RFC 1035, 4.2.1). */
const PLAIN_UDP_SIZE = 512;
const RCODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 } as const;
/** EDNS options that CoreDNS sends back: NSID, EXPIRE, COOKIE, TCP keep-alive, padding. */
const ECHOED_OPTIONS = new Set<number>([3, 9, 10, 11, 12]);

/**
 * The role of CoreDNS: serves the cluster's zone on UDP and TCP port 53 until disposed.
 * @throws NetworkError EADDRINUSE.
 */
export function serveDns({ api, stack, clock, outside, random = Math.random }: DnsServerOptions): Disposable {
  let changedAt = clock.now();
  const index = new ServiceIndex(api, () => (changedAt = clock.now()));
  const answer = (query: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined =>
    respond(query, transport, random, (question) =>
      answerQuestion(question, index, {
        serial: Math.floor(changedAt / 1000),
        serverAddress: stack.address,
        ...(outside !== undefined && { outside }),
      }),
    );

  const udp = stack.bindUdp(DNS_PORT);
  udp.onMessage((data, from) => {
    const reply = answer(Buffer.from(data.buffer, data.byteOffset, data.byteLength), 'udp');
    if (reply !== undefined) udp.send(reply, from);
  });
  const listener = stack.listen(DNS_PORT, (socket) => {
    const frames = new DnsFrameReader();
    socket.on('data', (chunk: Buffer) => {
      for (const query of frames.push(chunk)) {
        const reply = answer(query, 'tcp');
        if (reply !== undefined) socket.write(frame(reply));
      }
    });
    socket.on('end', () => socket.end());
  });
  return {
    [Symbol.dispose]: () => {
      listener[Symbol.dispose]();
      udp.close();
      index[Symbol.dispose]();
    },
  };
}

/** The answer to one message on the wire; undefined when it is no DNS query at all. */
function respond(
  query: Buffer,
  transport: 'udp' | 'tcp',
  random: () => number,
  answerOne: (question: NonNullable<Packet['questions']>[number]) => ZoneAnswer,
): Buffer | undefined {
  if (query.length < 12) return undefined;
  let packet: DecodedPacket & { opcode?: string };
  try {
    packet = decode(query);
  } catch {
    return encode({ type: 'response', id: query.readUInt16BE(0), flags: RCODES.FORMERR });
  }
  if (packet.flag_qr) return undefined;
  const base: Packet = { type: 'response', ...(packet.id !== undefined && { id: packet.id }) };
  const echoedFlags = packet.flag_rd ? RECURSION_DESIRED : 0;
  const [question, ...more] = packet.questions ?? [];
  if (packet.opcode !== 'QUERY') return encode({ ...base, flags: echoedFlags | RCODES.NOTIMP });
  if (question === undefined || more.length > 0)
    return encode({ ...base, flags: echoedFlags | RCODES.FORMERR });

  const { rcode, authoritative, forwarded, answers, authorities, additionals } = answerOne(question);
  const opt = packet.additionals?.find((record): record is OptAnswer => record.type === 'OPT');
  const response: Packet = {
    ...base,
    flags:
      echoedFlags |
      RCODES[rcode] |
      (authoritative ? AUTHORITATIVE_ANSWER : 0) |
      (forwarded === true ? RECURSION_AVAILABLE : 0),
    questions: [question],
    answers: shuffleAddresses(answers, random),
    authorities,
    additionals: [...additionals, ...(opt === undefined ? [] : [echoOpt(opt)])],
  };
  if (transport === 'tcp') return encode(response);
  return encodeWithin(Math.max(opt?.udpPayloadSize ?? 0, PLAIN_UDP_SIZE), response);
}

/** The loadbalance plug-in: addresses in random order, after the CNAMEs. */
function shuffleAddresses(answers: readonly Answer[], random: () => number): Answer[] {
  const isAddress = (record: Answer): boolean => record.type === 'A' || record.type === 'AAAA';
  const addresses = answers.filter(isAddress);
  for (let i = addresses.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [addresses[i], addresses[j]];
    if (a !== undefined && b !== undefined) [addresses[i], addresses[j]] = [b, a];
  }
  return [...answers.filter((record) => !isAddress(record)), ...addresses];
}

function echoOpt(opt: OptAnswer): Answer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: Math.max(opt.udpPayloadSize, PLAIN_UDP_SIZE),
    extendedRcode: 0,
    ednsVersion: 0,
    flags: opt.flag_do ? DNSSEC_OK : 0,
    flag_do: opt.flag_do,
    options: opt.options.filter((option) => ECHOED_OPTIONS.has(option.code)),
  };
}

/**
 * A message of at most `limit` bytes. Like CoreDNS it compresses only when it must, and then drops additional
 * records before it cuts the answers and sets the TC flag.
 */
function encodeWithin(limit: number, response: Packet): Buffer {
  let message = encode(response);
  if (message.length <= limit) return message;
  const fits = (): boolean => {
    message = compressOwners(encode(response));
    return message.length <= limit;
  };
  if (fits()) return message;
  response.additionals = (response.additionals ?? []).filter((record) => record.type === 'OPT');
  while (!fits() && response.answers !== undefined && response.answers.length > 0) {
    response.answers.pop();
    response.flags = (response.flags ?? 0) | TRUNCATED_RESPONSE;
  }
  return message;
}
