import { readFileSync } from 'node:fs';
import type { Answer } from 'dns-packet';
import { beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../test-support.ts';
import { clock, network, stub, useThreeNodes } from '../three-nodes.ts';
import type { NetworkStack, SocketAddress } from '../types.ts';
import { queryDns } from './query-dns.ts';
import type { DnsReply, QueryDnsOptions } from './query-dns.ts';
import { serveDns } from './server.ts';

/** Answers of CoreDNS 1.12.1 in a kind cluster without internet, taken down with dig. */
interface Recorded {
  name: string;
  type: string;
  rcode: string;
  flags: string;
  answers?: string[];
  authorities?: string[];
  additionals?: string[];
}
const recorded = JSON.parse(
  readFileSync(new URL('testdata/coredns-answers.json', import.meta.url), 'utf8'),
) as Recorded[];

const NEAR = '10.244.2.12';
const FAR = '10.244.1.15';
const DNS: SocketAddress = { address: '10.96.0.10', port: 53 };
let client: NetworkStack;
let server: NetworkStack;

/** The cluster in which the answers were recorded. */
function sameObjects(): void {
  for (const name of ['default', 'kube-system', 'nettest']) stub.namespace(name);
  stub.service('default/kubernetes', { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] });
  stub.service('kube-system/kube-dns', {
    clusterIP: DNS.address,
    ports: [
      { name: 'dns', protocol: 'UDP', port: 53 },
      { name: 'dns-tcp', protocol: 'TCP', port: 53 },
    ],
  });
  stub.endpoints(
    'kube-system/kube-dns',
    [{ addresses: [server.address], nodeName: 'control-plane' }],
    [
      { name: 'dns', protocol: 'UDP', port: 53 },
      { name: 'dns-tcp', protocol: 'TCP', port: 53 },
    ],
  );
  const http = [{ name: 'http', port: 8080, protocol: 'TCP' as const }];
  const unnamed = [{ name: '', port: 8080, protocol: 'TCP' as const }];
  const pods = [{ addresses: [NEAR] }, { addresses: [FAR] }];
  stub.service('nettest/web', {
    clusterIP: '10.96.77.1',
    ports: [
      { name: 'http', port: 80 },
      { name: 'alt', port: 81 },
    ],
  });
  stub.endpoints('nettest/web', pods, [...http, { name: 'alt', port: 8081, protocol: 'TCP' }]);
  stub.service('nettest/headless', { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] });
  stub.endpoints('nettest/headless', [{ addresses: [NEAR], hostname: 'one' }, { addresses: [FAR] }], http);
  stub.service('nettest/headless-empty', { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] });
  stub.service('nettest/empty', { clusterIP: '10.96.77.2', ports: [{ port: 80 }] });
  for (const [name, clusterIP] of [
    ['np', '10.96.77.3'],
    ['npl', '10.96.77.4'],
  ] as const) {
    stub.service(`nettest/${name}`, { type: 'NodePort', clusterIP, ports: [{ port: 80 }] });
    stub.endpoints(`nettest/${name}`, pods, unnamed);
  }
  stub.service('nettest/ext', { type: 'ExternalName', externalName: 'example.com' });
  stub.service('nettest/ext-in', { type: 'ExternalName', externalName: 'web.nettest.svc.cluster.local' });
  stub.service('nettest/ext-address', { type: 'ExternalName', externalName: '192.0.2.5' });
  stub.service('nettest/ext-missing', {
    type: 'ExternalName',
    externalName: 'nope.nettest.svc.cluster.local',
  });
}

useThreeNodes();
beforeEach(() => {
  server = network.createPodStack('control-plane');
  client = network.createPodStack('worker');
  sameObjects();
  serveDns({ api: stub.api, stack: server, clock, random: seededRandom(2) });
});

function ask(name: string, type = 'A', options: Partial<QueryDnsOptions> = {}): Promise<DnsReply> {
  return queryDns(client, DNS, { name, type }, { clock, timeoutMs: 5000, ...options });
}

/** A record in the words of dig. */
function show(record: Answer): string {
  const text = (data: string): string => (data.endsWith('.') ? data : `${data}.`);
  const line = (ttl: number | undefined, data: string): string =>
    `${text(record.name)} ${ttl ?? 0} IN ${record.type} ${data}`;
  switch (record.type) {
    case 'A':
      return line(record.ttl, record.data);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return line(record.ttl, text(record.data));
    case 'SRV': {
      const { priority, weight, port, target } = record.data;
      return line(record.ttl, `${priority ?? 0} ${weight ?? 0} ${port} ${text(target)}`);
    }
    case 'SOA': {
      const { mname, rname, refresh, retry, expire, minimum } = record.data;
      return line(
        record.ttl,
        [text(mname), text(rname), '<serial>', refresh, retry, expire, minimum].map(String).join(' '),
      );
    }
    case 'TXT':
      return line(record.ttl, `"${String(Array.isArray(record.data) ? record.data.join('') : record.data)}"`);
    default:
      throw new Error(`unexpected ${record.type}`);
  }
}

function flagsOf(reply: DnsReply): string {
  const names = ['qr', 'aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const;
  return names.filter((name) => reply[`flag_${name}`]).join(' ');
}

describe('answers as CoreDNS does', () => {
  test.each(recorded)('$type $name', async ({ name, type, ...expected }) => {
    const reply = await ask(name, type);
    const sections: Partial<Recorded> = {};
    for (const section of ['answers', 'authorities', 'additionals'] as const) {
      const records = (reply[section] ?? []).map(show).sort();
      if (records.length > 0) sections[section] = records;
    }
    expect({ rcode: reply.rcode, flags: flagsOf(reply), ...sections }).toEqual(expected);
  });
});

test('an ExternalName that is an address has no name in DNS', async () => {
  expect((await ask('ext-address.nettest.svc.cluster.local')).rcode).toBe('NXDOMAIN');
});

test('a bare name does not exist, as a cluster with an upstream server says; a foreign one gets no answer', async () => {
  expect((await ask('web')).rcode).toBe('NXDOMAIN');
  expect((await ask('example.com')).rcode).toBe('SERVFAIL');
});

test('over TCP too, and with the sizes that dig shows', async () => {
  const edns = { udpPayloadSize: 1232, cookie: Buffer.alloc(8, 1) };
  const overTcp = await ask('web.nettest.svc.cluster.local', 'A', { tcp: true, ...edns });
  expect((overTcp.answers ?? []).map(show)).toEqual(['web.nettest.svc.cluster.local. 30 IN A 10.96.77.1']);
  expect(overTcp.sizeBytes).toBe(115);
  expect((await ask('headless.nettest.svc.cluster.local', 'SRV', edns)).sizeBytes).toBe(383);
  expect((await ask('nope.nettest.svc.cluster.local', 'A', edns)).sizeBytes).toBe(164);
});

test('EDNS comes back with the cookie, and only when it was sent', async () => {
  const name = 'web.nettest.svc.cluster.local';
  const cookie = Buffer.from('0102030405060708', 'hex');
  const [opt] = (await ask(name, 'A', { udpPayloadSize: 1232, cookie })).additionals ?? [];
  expect(opt).toMatchObject({
    type: 'OPT',
    udpPayloadSize: 1232,
    ednsVersion: 0,
    options: [{ data: cookie }],
  });
  expect((await ask(name)).additionals).toEqual([]);
});

test('the recursion flag is that of the question', async () => {
  expect(flagsOf(await ask('web.nettest.svc.cluster.local', 'A', { recursionDesired: false }))).toBe('qr aa');
});

test('an unready pod is no answer, and comes back when it is ready', async () => {
  const ports = [{ name: 'http', port: 8080, protocol: 'TCP' as const }];
  const name = 'headless.nettest.svc.cluster.local';
  stub.endpoints(
    'nettest/headless',
    [{ addresses: [NEAR] }, { addresses: [FAR], conditions: { ready: false } }],
    ports,
  );
  expect((await ask(name)).answers).toMatchObject([{ data: NEAR }]);
  stub.endpoints(
    'nettest/headless',
    [{ addresses: [NEAR] }, { addresses: [FAR], conditions: { ready: true } }],
    ports,
  );
  expect((await ask(name)).answers).toHaveLength(2);
});

test('answers are compressed and cut over UDP where CoreDNS does it, whole over TCP', async () => {
  const pods = Array.from({ length: 60 }, (_, i) => ({ addresses: [`10.77.1.${i + 2}`] }));
  const ports = [{ name: 'http', port: 80, protocol: 'TCP' as const }];
  stub.service('nettest/many', { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] });
  stub.endpoints('nettest/many', pods, ports);
  const size = async (type: string, options: Partial<QueryDnsOptions>): Promise<unknown[]> => {
    const reply = await ask('many.nettest.svc.cluster.local', type, options);
    return [reply.flag_tc ? 'cut' : 'whole', reply.answers?.length, reply.sizeBytes];
  };
  // As dig counted them for the same Service in a kind cluster.
  expect(await size('A', {})).toEqual(['cut', 29, 512]);
  expect(await size('A', { udpPayloadSize: 512 })).toEqual(['cut', 28, 507]);
  expect(await size('A', { udpPayloadSize: 1232 })).toEqual(['whole', 60, 1019]);
  expect(await size('A', { tcp: true })).toEqual(['whole', 60, 2808]);
  expect(await size('SRV', {})).toEqual(['cut', 7, 468]);
  expect(await size('SRV', { udpPayloadSize: 1232 })).toEqual(['cut', 19, 1210]);
});

test('addresses come in changing order', async () => {
  const orders = new Set<string>();
  for (let i = 0; i < 20; i++)
    orders.add((await ask('headless.nettest.svc.cluster.local')).answers?.map(show).join() ?? '');
  expect(orders.size).toBe(2);
});

test('garbage gets a format error or nothing, and does no harm', async () => {
  const socket = client.bindUdp(0);
  const answers: Uint8Array[] = [];
  socket.onMessage((data) => answers.push(data));
  const random = seededRandom(5);
  for (let i = 0; i < 300; i++) {
    const size = Math.floor(random() * 60);
    socket.send(Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256))), DNS);
  }
  await clock.advance(1);
  expect(answers.length).toBeGreaterThan(0);
  expect((await ask('web.nettest.svc.cluster.local')).rcode).toBe('NOERROR');
});

test('without a server there is a refusal or a time-out', async () => {
  const outcome = async (address: string): Promise<unknown> => {
    const query = queryDns(
      client,
      { address, port: 53 },
      { name: 'web', type: 'A' },
      { clock, timeoutMs: 5000 },
    ).catch((error: unknown) => error);
    await clock.advance(5000);
    return query;
  };
  expect(await outcome('172.18.0.3')).toMatchObject({ code: 'ECONNREFUSED' });
  expect(await outcome('8.8.8.8')).toMatchObject({ code: 'ETIMEDOUT' });
  stub.endpoints('kube-system/kube-dns', [], []);
  expect(await outcome(DNS.address)).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a headless Service without ports has the addresses of its pods, and no SRV record', async () => {
  stub.service('nettest/bare', { clusterIP: 'None' });
  stub.endpoints('nettest/bare', [{ addresses: ['10.244.1.77'], hostname: 'first' }], []);
  const bare = await ask('bare.nettest.svc.cluster.local');
  expect(bare.answers).toMatchObject([{ type: 'A', data: '10.244.1.77' }]);
  expect((await ask('first.bare.nettest.svc.cluster.local')).answers).toHaveLength(1);
  const services = await ask('bare.nettest.svc.cluster.local', 'SRV');
  expect([services.rcode, services.answers]).toEqual(['NOERROR', []]);
});
