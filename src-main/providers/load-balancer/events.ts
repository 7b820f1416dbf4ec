import { randomBytes } from 'node:crypto';
import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/objects.ts';

/** What happened to a Service, in the words of a cloud's load balancer where it has them. */
export type ServiceEvent =
  | 'EnsuringLoadBalancer'
  | 'EnsuredLoadBalancer'
  | 'SyncLoadBalancerFailed'
  | 'LoadBalancerIPNotAvailable'
  | 'PublishedNodePortsExhausted';

const COMPONENT = 'switchyard-load-balancer';

/** Records an Event about an object. Never throws: that something was done matters more than that it is told. */
export async function recordEvent(
  kube: Pick<KubeClient, 'create'>,
  clock: Clock,
  { apiVersion, kind, metadata }: KubeObject,
  type: 'Normal' | 'Warning',
  reason: ServiceEvent,
  message: string,
): Promise<void> {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
  await kube
    .create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${randomBytes(8).toString('hex')}`, namespace },
      involvedObject: { apiVersion, kind, namespace, name, uid, resourceVersion },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: COMPONENT },
      reportingComponent: COMPONENT,
    })
    .catch(() => undefined);
}
