import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { ProbePoint } from '../probes/pod.ts';
import type { KubeClient } from '../kube/client.ts';
import { DeadlineError, KubeStatusError } from '../kube/errors.ts';
import { isPodReady, POD, type KubeObject, type Pod } from '../kube/objects.ts';
import { parseYamlDocuments } from '../kube/yaml-documents.ts';
import type { Lab } from './lab.ts';
import { LAB_LABEL, VANTAGE_LABEL } from './marks.ts';

const POLL_MS = 250;
const DEADLINE_MS = 60_000;

/**
 * Pods in the network of nodes, for checks that look from there: made when one is wanted, from the client pod's
 * container, in the client's namespace, and gone with it. They run nothing and select nothing. A pod with
 * `hostNetwork` needs no privilege of its container, only a namespace whose Pod Security level allows it
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
 */
export class NodePods {
  readonly #lab: Lab;
  readonly #kube: KubeClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** Under way, by node. */
  readonly #making = new Map<string, Promise<ProbePoint>>();

  constructor(lab: Lab, kube: KubeClient, clock: Clock, signal: AbortSignal) {
    this.#lab = lab;
    this.#kube = kube;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** @throws AppError `node-pod-refused`, DeadlineError */
  on(node: string): Promise<ProbePoint> {
    const known = this.#making.get(node);
    if (known !== undefined) return known;
    const making = this.#ready(node).finally(() => this.#making.delete(node));
    this.#making.set(node, making);
    return making;
  }

  async #ready(node: string): Promise<ProbePoint> {
    const { namespace } = this.#lab.client;
    const name = `on-${node}`.slice(0, 63).replace(/[^a-z0-9]+$/, '');
    const ref = { ...POD, namespace, name };
    const until = this.#clock.now() + DEADLINE_MS;
    for (;;) {
      const pod = await this.#kube.get<Pod>(ref);
      if (pod !== undefined && isPodReady(pod)) return { namespace, pod: name };
      const phase = pod?.status?.phase;
      if (pod === undefined) await this.#make(node, name);
      else if ((phase === 'Failed' || phase === 'Succeeded') && pod.metadata.deletionTimestamp === undefined)
        await this.#kube.delete(ref, { gracePeriodSeconds: 1 });
      if (this.#clock.now() > until)
        throw new DeadlineError(
          { en: `a pod on node ${node}`, ko: `${node} 노드의 파드` },
          DEADLINE_MS,
          `phase ${phase ?? 'unknown'}`,
        );
      await this.#clock.sleep(POLL_MS, this.#signal);
    }
  }

  async #make(node: string, name: string): Promise<void> {
    const [document] = parseYamlDocuments(this.#lab.clientManifest.yaml).documents;
    const client = document?.value as { spec?: { containers?: object[] } } | undefined;
    const pod: KubeObject = {
      ...POD,
      metadata: {
        name,
        namespace: this.#lab.client.namespace,
        labels: { [LAB_LABEL]: this.#lab.id, [VANTAGE_LABEL]: 'node' },
      },
      spec: {
        // Not by the scheduler: a node that takes no pods is looked from, too.
        nodeName: node,
        hostNetwork: true,
        tolerations: [{ operator: 'Exists' }],
        terminationGracePeriodSeconds: 1,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        containers: client?.spec?.containers?.slice(0, 1) ?? [],
      },
    };
    try {
      await this.#kube.create(pod);
    } catch (error) {
      if (!(error instanceof KubeStatusError)) throw error;
      if (error.code === 409) return; // somebody else was quicker
      throw refused(node, error);
    }
  }
}

function refused(node: string, error: KubeStatusError): AppError {
  return new AppError({
    code: 'node-pod-refused',
    message: {
      en: `The check looks from node ${node}, and the cluster refuses a pod in its network.`,
      ko: `검사는 ${node} 노드에서 확인해야 하지만, 클러스터가 노드 네트워크를 쓰는 파드를 허용하지 않습니다.`,
    },
    detail: error.problem.message.en,
  });
}
