import { createHash, randomUUID } from 'node:crypto';
import type { Lease } from '../api/objects.ts';
import { LEASES } from '../api/resources.ts';
import type { Timer } from '../clock.ts';
import type { ControllerContext } from './controller.ts';

const NAMESPACE = 'kube-system';
/** As often as the API server renews its own. All parts are in one process here, so nobody waits for another. */
const RENEW_MS = 10_000;
const LEADER_SECONDS = 15;
const SERVER_SECONDS = 3600;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Holds the Leases of the control plane: of kube-controller-manager and kube-scheduler, who are elected by them
 * (k8s.io/client-go/tools/leaderelection), and of the API server, who says by it that it is there (KEP-1965).
 * @param host name of the node that the control plane is on.
 */
export function startLeaderLeases({ api, clock }: ControllerContext, host: string): Disposable {
  const server = serverName(host);
  const leases: { name: string; holder: string; labels?: Record<string, string> }[] = [
    {
      name: server,
      holder: `${server}_${randomUUID()}`,
      labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': host },
    },
    { name: 'kube-controller-manager', holder: `${host}_${randomUUID()}` },
    { name: 'kube-scheduler', holder: `${host}_${randomUUID()}` },
  ];
  const renew = (): void => {
    const now = microTime(clock.now());
    for (const { name, holder, labels } of leases) {
      const found = api.get(LEASES, NAMESPACE, name);
      const spec = labels === undefined ? leaderSpec(found, holder, now) : serverSpec(holder, now);
      if (found === undefined)
        api.create(LEASES, {
          apiVersion: 'coordination.k8s.io/v1',
          kind: 'Lease',
          metadata: { namespace: NAMESPACE, name, ...(labels === undefined ? {} : { labels }) },
          spec,
        });
      else
        api.mutate(LEASES, NAMESPACE, name, (draft) => {
          draft.spec = spec;
        });
    }
    timer = clock.setTimeout(renew, RENEW_MS);
  };
  let timer: Timer = clock.setTimeout(renew, 0);
  return { [Symbol.dispose]: () => timer.cancel() };
}

function leaderSpec(found: Lease | undefined, holder: string, now: string): Lease['spec'] {
  const held = found?.spec.holderIdentity === holder;
  const { acquireTime = now, leaseTransitions = 0 } = found?.spec ?? {};
  return {
    holderIdentity: holder,
    leaseDurationSeconds: LEADER_SECONDS,
    acquireTime: held ? acquireTime : now,
    renewTime: now,
    leaseTransitions: found === undefined || held ? leaseTransitions : leaseTransitions + 1,
  };
}

function serverSpec(holder: string, now: string): Lease['spec'] {
  return { holderIdentity: holder, leaseDurationSeconds: SERVER_SECONDS, renewTime: now };
}

/** The name by which an API server is known: a hash of its host's. */
function serverName(host: string): string {
  const hash = createHash('sha256').update(host).digest().subarray(0, 16);
  let bits = '';
  for (const byte of hash) bits += byte.toString(2).padStart(8, '0');
  const letters = bits.match(/.{1,5}/g)?.map((five) => BASE32[parseInt(five.padEnd(5, '0'), 2)] ?? '') ?? [];
  return `apiserver-${letters.join('')}`;
}

/** RFC 3339 with microseconds. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
