import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import {
  ENDPOINT_SLICE,
  labelsText,
  POD,
  SERVICE,
  type EndpointSlice,
  type KubeObject,
  type Pod,
  type Service,
} from '../../kube/objects.ts';
import { Reconciler } from '../load-balancer/reconciler.ts';
import { watchAll } from '../load-balancer/triggers.ts';
import { fileText } from './file-configuration.ts';
import {
  CONFIG_MAP,
  INGRESS,
  INGRESS_CLASS,
  type Ingress,
  type IngressClass,
} from '../../kube/ingress-objects.ts';
import { precedenceConfiguration } from './precedence.ts';
import {
  DYNAMIC_FILE,
  DYNAMIC_FOLDER,
  MANAGED,
  SEED_CONFIG_MAP,
  SYSTEM_NAMESPACE,
  TRAEFIK_POD_LABELS,
} from './traefik.ts';

/** Where a Traefik runs whose routers are put right. */
export interface TraefikPlace {
  namespace: string;
  podLabels: Record<string, string>;
  /** The folder that its file provider watches. */
  folder: string;
  /** Gets the same file, for pods that start with it. */
  seed?: string;
}

/** What `traefikManifests` sets up. */
const OWN_TRAEFIK: TraefikPlace = {
  namespace: SYSTEM_NAMESPACE,
  podLabels: TRAEFIK_POD_LABELS,
  folder: DYNAMIC_FOLDER,
  seed: SEED_CONFIG_MAP,
};

/** Only what POSIX and busybox have. Traefik sees a whole file at once, or the one before. */
const WRITE = 'head -c "$2" > "$1.$$" && mv "$1.$$" "$1"';

export interface IngressKeeperOptions {
  clock: Clock;
  place?: TraefikPlace;
  /** Told what went wrong each time; it is tried again. */
  onFailure?: (error: unknown) => void;
}

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

/**
 * Keeps the routers that Traefik needs besides its own (see `precedence.ts`) in a file in its pods. It is written
 * by a program run in the pod, which takes a tenth of the time that a node takes to bring a changed ConfigMap. A
 * ConfigMap gets it too, for pods that start while this app is closed.
 */
export class IngressKeeper implements Disposable {
  readonly #kube: KubeClient;
  readonly #place: TraefikPlace;
  /** What was written last, by the uid of the pod. */
  readonly #written = new Map<string, string>();
  readonly #reconciler: Reconciler;
  readonly #watches: Disposable;

  constructor(kube: KubeClient, { clock, place = OWN_TRAEFIK, onFailure }: IngressKeeperOptions) {
    this.#kube = kube;
    this.#place = place;
    this.#reconciler = new Reconciler({
      clock,
      reconcile: (signal) => this.#reconcile(signal),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
    const { namespace, podLabels } = place;
    this.#watches = watchAll(
      kube,
      clock,
      [
        ...[INGRESS, INGRESS_CLASS, SERVICE, ENDPOINT_SLICE],
        { ...POD, namespace, labelSelector: labelsText(podLabels) },
      ],
      () => {
        this.#reconciler.trigger();
      },
    );
  }

  async #reconcile(signal: AbortSignal): Promise<void> {
    const [ingresses, ingressClasses, services, endpointSlices] = await Promise.all([
      this.#kube.list<Ingress>(INGRESS),
      this.#kube.list<IngressClass>(INGRESS_CLASS),
      this.#kube.list<Service>(SERVICE),
      this.#kube.list<EndpointSlice>(ENDPOINT_SLICE),
    ]);
    signal.throwIfAborted();
    const configuration = precedenceConfiguration({ ingresses, ingressClasses, services, endpointSlices });
    const text = fileText(configuration);
    const { seed } = this.#place;
    const outcomes = await Promise.allSettled([
      ...(await this.#pods()).map((pod) => this.#write(pod, text)),
      ...(seed === undefined ? [] : [this.#seed(seed, text)]),
    ]);
    const failures = outcomes.flatMap((outcome): unknown[] =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    if (failures.length > 0) throw new AggregateError(failures);
  }

  async #pods(): Promise<Pod[]> {
    const { namespace, podLabels } = this.#place;
    const pods = await this.#kube.list<Pod>(POD, { namespace, labelSelector: labelsText(podLabels) });
    const uids = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const uid of this.#written.keys()) if (!uids.has(uid)) this.#written.delete(uid);
    return pods.filter(
      ({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase === 'Running',
    );
  }

  async #write({ metadata: { name, uid = '' } }: Pod, text: string): Promise<void> {
    if (this.#written.get(uid) === text) return;
    const { namespace, folder } = this.#place;
    const argv = ['sh', '-c', WRITE, 'sh', `${folder}/${DYNAMIC_FILE}`, String(Buffer.byteLength(text))];
    const { exitCode, stderr } = await this.#kube.exec(namespace, name, argv, { stdin: text });
    if (exitCode !== 0) throw new Error(`${name}: exit status ${exitCode}: ${stderr}`);
    this.#written.set(uid, text);
  }

  async #seed(name: string, text: string): Promise<void> {
    const { namespace } = this.#place;
    const ref = { ...CONFIG_MAP, namespace, name };
    const found = await this.#kube.get<ConfigMap>(ref);
    const data = { [DYNAMIC_FILE]: text };
    if (found === undefined)
      await this.#kube.create({ ...CONFIG_MAP, metadata: { namespace, name, labels: MANAGED }, data });
    else if (found.data?.[DYNAMIC_FILE] !== text)
      // Of two apps, the one that looked first must not have the last word.
      await this.#kube.patch(ref, { metadata: { resourceVersion: found.metadata.resourceVersion }, data });
  }

  [Symbol.dispose](): void {
    this.#watches[Symbol.dispose]();
    this.#reconciler[Symbol.dispose]();
  }
}
