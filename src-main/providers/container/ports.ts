import { createServer } from 'node:net';
import type { PublishedPorts, Reach } from '#shared/cluster.ts';

/**
 * NodePorts that every worker publishes on this machine. They lie in the part of Kubernetes' range that is not
 * handed out by chance (30000 to 30085: KEP-3668), so that nobody else's Service gets one unasked.
 */
export const PUBLISHED_NODE_PORTS = { first: 30070, count: 16 } as const;
/** Those of them that Services of type LoadBalancer are given; the others are free for labs to name. */
export const LOAD_BALANCER_NODE_PORTS = { first: 30070, count: 8 } as const;

/** Where a cluster is published: ports of 127.0.0.1. */
export interface HostPorts {
  http: number;
  https: number;
  /** The first port of each worker's block, in the order of the workers. */
  workers: number[];
}

const PREFERRED_HTTP = 8080;
const PREFERRED_HTTPS = 8443;
/** From one attempt to the next. */
const WEB_STEP = 10;
const BLOCK_STEP = 100;
const WORKER_STEP = 1000;
const ATTEMPTS = 20;

export type PortProbe = (port: number) => Promise<boolean>;

/** The ports that people expect: {@link chooseHostPorts} takes others only where these are not free. */
export function preferredHostPorts(workers: number): HostPorts {
  return {
    http: PREFERRED_HTTP,
    https: PREFERRED_HTTPS,
    workers: Array.from(
      { length: workers },
      (_, worker) => PUBLISHED_NODE_PORTS.first + worker * WORKER_STEP,
    ),
  };
}

/**
 * Chooses free ports: those that people expect where they are free (8080, 8443, and on the first worker each
 * NodePort at its own number), others where they are not. Undefined when none of many was.
 */
export async function chooseHostPorts(
  workers: number,
  isFree: PortProbe = isPortFree,
): Promise<HostPorts | undefined> {
  const preferred = preferredHostPorts(workers);
  const http = await firstFree(preferred.http, WEB_STEP, 1, isFree);
  const https = await firstFree(preferred.https, WEB_STEP, 1, isFree);
  const blocks: (number | undefined)[] = [];
  for (const first of preferred.workers)
    blocks.push(await firstFree(first, BLOCK_STEP, PUBLISHED_NODE_PORTS.count, isFree));
  const known = blocks.filter((block) => block !== undefined);
  return http === undefined || https === undefined || known.length < workers
    ? undefined
    : { http, https, workers: known };
}

async function firstFree(
  preferred: number,
  step: number,
  count: number,
  isFree: PortProbe,
): Promise<number | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = preferred + attempt * step;
    const block = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(block.map(isFree))).every(Boolean)) return first;
  }
  return undefined;
}

const probes = new Map<number, Promise<boolean>>();

/**
 * True when a server could listen at this port of 127.0.0.1. Whoever asks while somebody else does shares the
 * answer: two that tried at once would each find the other one there.
 */
export function isPortFree(port: number): Promise<boolean> {
  let probe = probes.get(port);
  if (probe === undefined) {
    probe = canListen(port).finally(() => probes.delete(port));
    probes.set(port, probe);
  }
  return probe;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Where a cluster with these ports is reached. */
export function reachOf({ http, https, workers }: HostPorts, workerNames: readonly string[]): Reach {
  return {
    ingress: { http: `http://127.0.0.1:${http}`, https: `https://127.0.0.1:${https}` },
    nodePorts: workers.map((firstHostPort, index): PublishedPorts => ({
      node: workerNames[index] ?? `worker ${index + 1}`,
      firstNodePort: PUBLISHED_NODE_PORTS.first,
      count: PUBLISHED_NODE_PORTS.count,
      firstHostPort,
    })),
  };
}
