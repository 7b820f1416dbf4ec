import type { Evidence } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { execLine, runIn, type ProbePoint } from '#main/probes/pod.ts';

export interface Listening {
  protocol: 'TCP' | 'UDP';
  port: number;
  /** Only programs of the same pod reach it. */
  loopback: boolean;
}

export interface Sockets {
  listening: Listening[];
  evidence: Evidence;
}

const FILES = ['tcp', 'tcp6', 'udp', 'udp6'].map((name) => `/proc/net/${name}`);
/** TCP_LISTEN, and what the kernel says of a UDP socket without a peer (include/net/tcp_states.h). */
const WAITING = { TCP: '0A', UDP: '07' };

/**
 * What the programs of a pod listen on. All containers of a pod share its network, so any of them can be asked;
 * undefined when its image has no `cat`, or may not be entered.
 */
export async function readSockets(kube: KubeClient, pod: ProbePoint): Promise<Sockets | undefined> {
  const argv = ['cat', ...FILES];
  try {
    const { stdout } = await runIn(kube, pod, argv, 5);
    if (!stdout.includes('local_address')) return undefined;
    const listening = parseSockets(stdout);
    return {
      listening,
      evidence: {
        title: { en: `What ${pod.pod} listens on`, ko: `${pod.pod}이(가) 기다리는 포트` },
        command: execLine(pod, argv),
        output: listening.map(socketText).join('\n') || '(nothing)',
        at: Date.now(),
      },
    };
  } catch {
    return undefined;
  }
}

/** Reads /proc/net/tcp and its like, one after the other: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
export function parseSockets(text: string): Listening[] {
  const found = new Map<string, Listening>();
  let protocol: 'TCP' | 'UDP' = 'TCP';
  for (const line of text.split('\n')) {
    // The header of the UDP files has two columns more.
    if (line.includes('local_address')) protocol = line.includes('drops') ? 'UDP' : 'TCP';
    const [, address, port, state] =
      /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) /.exec(line) ?? [];
    if (address === undefined || port === undefined || state !== WAITING[protocol]) continue;
    const one = { protocol, port: Number.parseInt(port, 16), loopback: isLoopback(address) };
    found.set(socketText(one), one);
  }
  return [...found.values()];
}

/** The kernel writes each word of an address in the machine's byte order: 127.0.0.1 is 0100007F. */
function isLoopback(address: string): boolean {
  return (
    /^[0-9A-F]{6}7F$/.test(address) ||
    address === '00000000000000000000000001000000' ||
    /^0000000000000000FFFF0000[0-9A-F]{6}7F$/.test(address)
  );
}

function socketText({ protocol, port, loopback }: Listening): string {
  return `${protocol} ${loopback ? '127.0.0.1' : '0.0.0.0'}:${String(port)}`;
}
