import type { LiveBatch, ObjectView, PodView, ServiceView } from '#shared/live.ts';
import { matches } from '../track/topology.ts';
import { Broadcast } from './broadcast.ts';

const START = Date.now() - 190_000;
const NAMESPACE = 'lab-cluster-ip';

function pod(name: string, ip: string, node: string, change: Partial<PodView> = {}): PodView {
  return {
    kind: 'Pod',
    uid: `pod-${name}`,
    namespace: NAMESPACE,
    name,
    createdAt: START,
    labels: { app: 'web' },
    status: 'Running',
    phase: 'Running',
    ready: true,
    readyContainers: 1,
    containers: [{ name: 'web', image: 'nginx:1.27.5', ready: true, running: true }],
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    restarts: 0,
    ip,
    node,
    terminating: false,
    owner: 'ReplicaSet/web-5d4f8c7b9',
    ...change,
  };
}

/** Objects that change as a small cluster's do; endpoints follow the Service's selector. */
export class FakeCluster {
  readonly #objects = new Map<string, ObjectView>();
  readonly #version = new Broadcast(0);
  readonly #journal: { upserts: ObjectView[]; deletes: string[] }[] = [];

  constructor(extraPods = 0) {
    for (const n of [1, 2, 3])
      this.put({
        kind: 'Node', uid: `node-${n}`, namespace: '', name: `node-${n}`, createdAt: START, ready: true, schedulable: true,
        roles: n === 1 ? ['control-plane'] : [], address: `172.18.0.${n + 1}`, version: 'v1.34.0',
      });
    this.put(pod('client', '10.244.1.3', 'node-1', { labels: { app: 'client' }, ports: [] }));
    this.put(pod('web-5d4f8c7b9-x2k4q', '10.244.1.5', 'node-2'));
    this.put(pod('web-5d4f8c7b9-m8tzp', '10.244.2.6', 'node-3'));
    this.put(pod('web-5d4f8c7b9-c7w2n', '10.244.2.7', 'node-3', { ready: false, readyContainers: 0 }));
    for (let n = 0; n < extraPods; n += 1)
      this.put(pod(`load-${String(n).padStart(5, '0')}`, `10.245.${n >> 8}.${n & 255}`, `node-${(n % 3) + 1}`, { labels: { app: 'load' } }));
    this.put({
      kind: 'Deployment', uid: 'deployment-web', namespace: NAMESPACE, name: 'web', createdAt: START, replicas: 3, ready: 2, updated: 3, available: 2,
    });
    this.put({ kind: 'ConfigMap', uid: 'cm', namespace: NAMESPACE, name: 'kube-root-ca.crt', createdAt: START, keys: ['ca.crt'] });
    this.event('Normal', 'Scheduled', 'Pod/web-5d4f8c7b9-x2k4q', 'Successfully assigned lab-cluster-ip/web-5d4f8c7b9-x2k4q to node-2');
    this.event('Warning', 'Unhealthy', 'Pod/web-5d4f8c7b9-c7w2n', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
    this.applyService('wbe');
  }

  get service(): ServiceView | undefined {
    const found = this.#objects.get('service-web');
    return found?.kind === 'Service' ? found : undefined;
  }

  get readyPods(): PodView[] {
    return [...this.#objects.values()].filter(
      (view): view is PodView => view.kind === 'Pod' && view.ready && matches(this.service?.selector, view.labels),
    );
  }

  /** Makes the Service `web` with the selector `app=<app>`. */
  applyService(app: string): void {
    this.put({
      kind: 'Service', uid: 'service-web', namespace: NAMESPACE, name: 'web', createdAt: START, type: 'ClusterIP', clusterIP: '10.96.41.7', externalAddresses: [],
      selector: { app }, ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
    });
    const selected = [...this.#objects.values()].filter(
      (view): view is PodView => view.kind === 'Pod' && matches({ app }, view.labels),
    );
    this.put({
      kind: 'EndpointSlice', uid: 'slice-web', namespace: NAMESPACE, name: 'web-7xk2p', createdAt: START, service: 'web',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: selected.map((view) => ({
        address: view.ip ?? '', ready: view.ready, serving: view.ready, terminating: view.terminating, pod: view.name,
        ...(view.node === undefined ? {} : { node: view.node }),
      })),
    });
  }

  event(type: string, reason: string, object: string, message: string): void {
    const uid = `event-${this.#objects.size}`;
    this.put({
      kind: 'Event', uid, namespace: NAMESPACE, name: uid, createdAt: START, type, reason, message, object, count: 1, lastSeenAt: Date.now(),
    });
  }

  put(view: ObjectView): void {
    this.#objects.set(view.uid, view);
    this.#journal.push({ upserts: [view], deletes: [] });
    this.#version.set(this.#journal.length);
  }

  remove(name: string): void {
    for (const view of [...this.#objects.values()])
      if (view.name === name) {
        this.#objects.delete(view.uid);
        this.#journal.push({ upserts: [], deletes: [view.uid] });
      }
    this.#version.set(this.#journal.length);
  }

  async *batches(signal: AbortSignal | undefined): AsyncGenerator<LiveBatch, void, void> {
    let seq = this.#journal.length;
    yield { seq, snapshot: true, upserts: [...this.#objects.values()], deletes: [] };
    for await (const version of this.#version.follow(signal))
      for (; seq < version; seq += 1) {
        const entry = this.#journal[seq];
        if (entry !== undefined) yield { seq: seq + 1, snapshot: false, ...entry };
      }
  }
}
