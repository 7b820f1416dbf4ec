import type { Evidence } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { execLine, runIn, type ProbePoint } from './pod.ts';

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'CNAME' | 'PTR';

export interface DnsRecord {
  /** Without the dot at its end. */
  name: string;
  type: string;
  /** As dig prints it: an address, a name with a dot at its end, `0 100 8080 web-0.db.shop.svc.cluster.local.` */
  data: string;
}

export interface DnsSeen {
  /** NOERROR, NXDOMAIN, SERVFAIL …; `TIMEOUT` when no server answered. */
  status: string;
  /** Of A records, sorted. */
  addresses: string[];
  records: DnsRecord[];
  /** The name that was answered for, after the search list. */
  answeredName?: string;
  evidence: Evidence;
}

/** Looks a name up from a pod the way programs do: through the search list of its resolv.conf. */
export async function probeDns(
  kube: KubeClient,
  from: ProbePoint,
  name: string,
  type: RecordType = 'A',
): Promise<DnsSeen> {
  const question = type === 'PTR' ? ['-x', name] : [name, type];
  const argv = ['dig', '+search', '+time=2', '+tries=1', ...question];
  const result = await runIn(kube, from, argv, 12);
  return {
    ...parseDig(result.stdout),
    evidence: {
      title: { en: `A DNS query from ${from.pod}`, ko: `${from.pod}에서 보낸 DNS 질의` },
      command: execLine(from, argv),
      output: (result.stdout + result.stderr).trim().slice(0, 4000),
      at: Date.now(),
    },
  };
}

/** Reads the answer section of dig's output. */
export function parseDig(output: string): Omit<DnsSeen, 'evidence'> {
  const status = [...output.matchAll(/status: ([A-Z]+)/g)].at(-1)?.[1];
  const answer = output.slice(Math.max(0, output.indexOf(';; ANSWER SECTION:')));
  const section = output.includes(';; ANSWER SECTION:') ? (answer.split(/\n\s*\n/)[0] ?? '') : '';
  const records = [...section.matchAll(/^([^\s;]+?)\.?\s+\d+\s+IN\s+([A-Z]+)\s+(\S.*?)\s*$/gm)].map(
    ([, name = '', type = '', data = '']) => ({ name, type, data }),
  );
  const answeredName = records[0]?.name;
  return {
    status: status ?? 'TIMEOUT',
    records,
    addresses: records
      .filter(({ type }) => type === 'A')
      .map(({ data }) => data)
      .sort(),
    ...(answeredName === undefined ? {} : { answeredName }),
  };
}
