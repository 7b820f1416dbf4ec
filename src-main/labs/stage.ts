import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { ObjectTarget } from '#shared/lab-basics.ts';
import type { LabManifest } from '#shared/lab-view.ts';
import { describeTarget, isReady, readTarget, withoutUndefined } from '../checks/object-values.ts';
import type { KubeClient } from '../kube/client.ts';
import { DeadlineError, unlessForbidden } from '../kube/errors.ts';
import { isPodReady, NAMESPACE, POD, type KubeObject, type NamedRef, type Pod } from '../kube/objects.ts';
import { parseYamlDocuments } from '../kube/yaml-documents.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL } from '../tenancy/marks.ts';
import { LAB_LABEL } from './marks.ts';
import type { Lab, PreparedNamespaces } from './lab.ts';
import { authoredIn } from './snapshot.ts';

const POLL_MS = 250;
const NAMESPACE_DEADLINE_MS = 90_000;

/** The lab's place in the cluster: its namespaces, its client pod, and what steps set up. */
export class Stage {
  readonly #lab: Lab;
  readonly #kube: KubeClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  /** @param signal gives up every wait */
  constructor(lab: Lab, kube: KubeClient, clock: Clock, signal: AbortSignal) {
    this.#signal = signal;
    this.#lab = lab;
    this.#kube = kube;
    this.#clock = clock;
  }

  /**
   * Makes the lab's namespaces where they are missing, unless they are prepared ones. Gives the uid of the first,
   * which tells one stage from another.
   * @throws AppError `namespace-taken` when one is there that is not the lab's, `namespace-not-prepared`
   */
  async ensureNamespaces(): Promise<string> {
    let uid = '';
    for (const name of this.#lab.file.spec.namespaces) {
      const namespace = await this.#ensureNamespace(name);
      if (uid === '') uid = namespace.metadata.uid ?? '';
    }
    return uid;
  }

  async #ensureNamespace(name: string): Promise<KubeObject> {
    const ref = { ...NAMESPACE, name };
    const { prepared } = this.#lab;
    if (prepared !== undefined) return this.#prepared(name, prepared);
    const found = await this.#kube.get(ref);
    if (found !== undefined) this.#assertOurs(found);
    if (found !== undefined && found.metadata.deletionTimestamp === undefined) return found;
    if (found !== undefined) await this.#gone(name);
    return this.#kube.create({
      ...NAMESPACE,
      metadata: { name, labels: { [LAB_LABEL]: this.#lab.id } },
    });
  }

  async #prepared(name: string, { learner, standsFor }: PreparedNamespaces): Promise<KubeObject> {
    const found = await unlessForbidden(this.#kube.get({ ...NAMESPACE, name }));
    const labels = found?.metadata.labels;
    if (
      found !== undefined &&
      found.metadata.deletionTimestamp === undefined &&
      labels?.[LEARNER_LABEL] === learner &&
      labels[STANDS_FOR_LABEL] === standsFor.get(name)
    )
      return found;
    throw namespaceNotPrepared(name, learner);
  }

  #assertOurs(namespace: KubeObject): void {
    const owner = namespace.metadata.labels?.[LAB_LABEL];
    if (owner === this.#lab.id) return;
    const { name } = namespace.metadata;
    throw new AppError({
      code: 'namespace-taken',
      message: {
        en: `The cluster already has a namespace "${name}" that ${owner === undefined ? 'is not from this app' : `belongs to the lab ${owner}`}. It is left alone.`,
        ko: `클러스터에 이미 네임스페이스 "${name}"이(가) 있습니다(${owner === undefined ? '이 앱이 만들지 않음' : `${owner} 실습의 것`}). 건드리지 않습니다.`,
      },
      fix: {
        en: `Use another cluster, or remove the namespace yourself if you do not need it: kubectl delete namespace ${name}`,
        ko: `다른 클러스터를 사용하거나, 필요 없다면 직접 지우세요: kubectl delete namespace ${name}`,
      },
    });
  }

  /**
   * Deletes the lab's namespaces with everything in them and waits until they are gone. Prepared ones are emptied:
   * they stay, with what whoever prepared them has put in.
   */
  async clear(): Promise<void> {
    const names = this.#lab.file.spec.namespaces;
    if (this.#lab.prepared !== undefined) {
      await this.ensureNamespaces();
      await this.#empty(names);
      return;
    }
    for (const name of names) {
      const found = await this.#kube.get({ ...NAMESPACE, name });
      if (found === undefined) continue;
      this.#assertOurs(found);
      await this.#kube.delete({ ...NAMESPACE, name });
    }
    for (const name of names) await this.#gone(name);
  }

  /** Until nothing is left: what has just been deleted may have made something on its way out. */
  async #empty(names: readonly string[]): Promise<void> {
    const until = this.#clock.now() + NAMESPACE_DEADLINE_MS;
    for (;;) {
      const left = await authoredIn(this.#kube, names);
      if (left.objects.length === 0 && left.others.every(({ kind }) => kind === 'EndpointSlice')) return;
      await Promise.all(
        left.objects.map((object) => this.#kube.delete(refOf(object), { gracePeriodSeconds: 1 })),
      );
      if (this.#clock.now() > until)
        throw new DeadlineError(
          { en: `${names.join(', ')} to be empty`, ko: `${names.join(', ')} 비우기` },
          NAMESPACE_DEADLINE_MS,
          [...left.objects, ...left.others]
            .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
            .join(', '),
        );
      await this.#clock.sleep(POLL_MS, this.#signal);
    }
  }

  async #gone(name: string): Promise<void> {
    const until = this.#clock.now() + NAMESPACE_DEADLINE_MS;
    while ((await this.#kube.get({ ...NAMESPACE, name })) !== undefined) {
      if (this.#clock.now() > until)
        throw new DeadlineError(
          { en: `namespace ${name} to be deleted`, ko: `네임스페이스 ${name} 삭제` },
          NAMESPACE_DEADLINE_MS,
        );
      await this.#clock.sleep(POLL_MS, this.#signal);
    }
  }

  /** Makes the client pod when it is missing (or has ended) and waits until it is ready. */
  async ensureClient(deadlineMs = 120_000): Promise<void> {
    const { namespace, pod: name } = this.#lab.client;
    const until = this.#clock.now() + deadlineMs;
    let seen = 'it does not exist';
    for (;;) {
      const pod = await this.#kube.get<Pod>({ ...POD, namespace, name });
      if (pod !== undefined && isPodReady(pod)) return;
      const phase = pod?.status?.phase;
      if (pod === undefined) await this.createMissing([this.#lab.clientManifest]);
      else if ((phase === 'Failed' || phase === 'Succeeded') && pod.metadata.deletionTimestamp === undefined)
        await this.#kube.delete({ ...POD, namespace, name });
      seen = pod === undefined ? seen : `phase ${phase ?? 'unknown'}`;
      if (this.#clock.now() > until)
        throw new DeadlineError(
          { en: `the client pod ${namespace}/${name}`, ko: `클라이언트 파드 ${namespace}/${name}` },
          deadlineMs,
          seen,
        );
      await this.#clock.sleep(POLL_MS, this.#signal);
    }
  }

  /** Creates the objects of manifests that do not exist; others are left as they are. */
  async createMissing(manifests: readonly LabManifest[]): Promise<void> {
    for (const manifest of manifests) {
      for (const document of parseYamlDocuments(manifest.yaml).documents) {
        const object = document.value as KubeObject;
        const namespace = object.metadata.namespace ?? this.#lab.client.namespace;
        if ((await this.#kube.get({ ...object, namespace, name: object.metadata.name })) === undefined)
          await this.#create(JSON.stringify(object), namespace, manifest.name);
      }
    }
  }

  /** Applies a manifest that the lab brings along. @throws AppError `manifest-refused` */
  async apply(yaml: string, namespace: string, name: string): Promise<void> {
    const { problems } = await this.#kube.apply(yaml, { namespace });
    const refused = problems.filter((problem) => problem.severity === 'error');
    if (refused.length > 0) throw manifestRefused(name, refused.map((problem) => problem.message).join('; '));
  }

  /** A namespace that was just made has no service account yet, and refuses pods for a moment. */
  async #create(yaml: string, namespace: string, name: string): Promise<void> {
    const until = this.#clock.now() + 20_000;
    for (;;) {
      const { problems } = await this.#kube.apply(yaml, { namespace, transform: (o) => this.#marked(o) });
      const refused = problems.filter((problem) => problem.severity === 'error');
      if (refused.length === 0) return;
      const words = refused.map((problem) => problem.message).join('; ');
      if (!/service ?account/i.test(words) || this.#clock.now() > until) throw manifestRefused(name, words);
      await this.#clock.sleep(POLL_MS, this.#signal);
    }
  }

  #marked(object: KubeObject): KubeObject {
    const labels = { ...object.metadata.labels, [LAB_LABEL]: this.#lab.id };
    return { ...object, metadata: { ...object.metadata, labels } };
  }

  /** Waits until everything that is named exists and is ready. @throws DeadlineError */
  async waitFor(targets: readonly ObjectTarget[], deadlineMs: number): Promise<void> {
    const until = this.#clock.now() + deadlineMs;
    for (const target of targets) {
      for (;;) {
        const objects = await readTarget(this.#kube, target);
        const unready = objects.filter((object) => !isReady(object));
        if (objects.length > 0 && unready.length === 0) break;
        if (this.#clock.now() > until) {
          const what = `${describeTarget(target)}${target.namespace === undefined ? '' : ` (${target.namespace})`}`;
          throw new DeadlineError(
            { en: `${what} to be ready`, ko: `${what} 준비` },
            deadlineMs,
            objects.length === 0 ? 'it does not exist' : unready.map(stateOf).join(', '),
          );
        }
        await this.#clock.sleep(POLL_MS, this.#signal);
      }
    }
  }

  /** Deletes an object of the lab and waits until it is gone, at most 60 s. */
  async remove(object: KubeObject): Promise<void> {
    await this.#kube.delete(refOf(object), { gracePeriodSeconds: 1 });
    await this.departed(object);
  }

  /** Waits until an object that is deleted already is gone, at most 60 s: a finalizer may keep it for a while. */
  async departed(object: KubeObject): Promise<void> {
    const ref = refOf(object);
    const until = this.#clock.now() + 60_000;
    for (;;) {
      const found = await this.#kube.get(ref);
      if (found === undefined || found.metadata.uid !== object.metadata.uid) return;
      if (this.#clock.now() > until)
        throw new DeadlineError(
          { en: `${ref.kind} ${ref.name} to go`, ko: `${ref.kind} ${ref.name} 삭제` },
          60_000,
        );
      await this.#clock.sleep(POLL_MS, this.#signal);
    }
  }
}

/** Names an object. */
export function refOf({ apiVersion, kind, metadata }: KubeObject): NamedRef {
  return withoutUndefined({ apiVersion, kind, namespace: metadata.namespace, name: metadata.name });
}

function namespaceNotPrepared(name: string, learner: string): AppError {
  return new AppError({
    code: 'namespace-not-prepared',
    message: {
      en: `The namespace "${name}" is not there, or was not prepared for ${learner}. It is left alone.`,
      ko: `네임스페이스 "${name}"이(가) 없거나 ${learner}님을 위해 준비된 것이 아닙니다. 건드리지 않습니다.`,
    },
    fix: {
      en: 'Ask whoever runs the workshop to prepare the cluster again: switchyard cluster prepare',
      ko: '워크숍 진행자에게 클러스터를 다시 준비해 달라고 하세요: switchyard cluster prepare',
    },
  });
}

function manifestRefused(name: string, words: string): AppError {
  return new AppError({
    code: 'manifest-refused',
    message: {
      en: `The cluster refused ${name}: ${words}`,
      ko: `클러스터가 ${name}을(를) 거부했습니다: ${words}`,
    },
    detail: words,
  });
}

function stateOf(object: KubeObject): string {
  const status = object['status'] as
    | {
        phase?: string;
        readyReplicas?: number;
        containerStatuses?: { state?: { waiting?: { reason?: string } } }[];
      }
    | undefined;
  const reason = status?.containerStatuses?.map((c) => c.state?.waiting?.reason).find((r) => r !== undefined);
  const words = reason ?? status?.phase ?? `${String(status?.readyReplicas ?? 0)} ready`;
  return `${object.metadata.name}: ${words}`;
}
