import { join } from 'node:path';
import type { Clock } from '#emulator/clock.ts';
import { AppError, type Problem } from '#shared/app-error.ts';
import { problemOf } from '../app/problems.ts';
import { NAMESPACE, type KubeObject, type ObjectMeta } from '../kube/objects.ts';
import { writeAtomically } from '../store/atomic-write.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL, WORKSHOP_LABEL } from '../tenancy/marks.ts';
import { ensure } from './ensure.ts';
import type { Facilitator } from './facilitator.ts';
import type { ClusterFacts } from './facts.ts';
import { writeIndex, type IndexEntry } from './index-file.ts';
import { learnerKubeconfig } from './learner-kubeconfig.ts';
import type { Limits } from './limits.ts';
import {
  homeNamespace,
  homeOf,
  learnerNamespace,
  namespaceObjects,
  serviceAccount,
  type Terms,
} from './objects.ts';
import { eachOf, Patience } from './patience.ts';
import type { PlannedLearner, WorkshopPlan } from './plan.ts';

const AT_ONCE = 6;
const LEARNER_DEADLINE_MS = 180_000;

/** How one learner fared. */
export type LearnerResult =
  | (IndexEntry & {
      /** `renewed`: everything was there, and the kubeconfig is new. */
      state: 'prepared' | 'renewed';
    })
  | { state: 'failed'; learner: string; name: string; problem: Problem };

export interface PrepareOptions {
  facilitator: Facilitator;
  plan: WorkshopPlan;
  facts: ClusterFacts;
  limits: Limits;
  /** How long kubeconfigs are to be good, in seconds. */
  validSeconds: number;
  /** Where kubeconfigs and the index are written. */
  directory: string;
  clock: Clock;
  signal: AbortSignal;
  /** As each learner is done. */
  onResult: (result: LearnerResult) => void;
}

/** The file in the folder of kubeconfigs that says which is whose. */
export const INDEX_FILE = 'learners.json';

/**
 * Prepares a cluster for each learner of the plan; one who fails does not hold up the others. Done again it adds
 * what is missing and renews kubeconfigs. Learners come in the order of the plan; who was not begun when the signal
 * aborted has failed with `cancelled`.
 * @throws AppError when nothing can be prepared at all
 */
export async function prepareWorkshop(options: PrepareOptions): Promise<LearnerResult[]> {
  const { plan, facts, facilitator, clock, signal, directory } = options;
  const home = homeNamespace(plan.workshop);
  assertOurs(facts.namespaces.get(home.metadata.name), home);
  const patience = new Patience(
    clock,
    signal,
    { en: `the namespace ${home.metadata.name}`, ko: `네임스페이스 ${home.metadata.name}` },
    LEARNER_DEADLINE_MS,
  );
  await patience.again(() => ensure(facilitator.kube, home, ({ metadata }) => assertOurs(metadata, home)));
  const results = new Map<PlannedLearner, LearnerResult>();
  try {
    await eachOf(plan.learners, AT_ONCE, signal, async (planned) => {
      const result = await new LearnerPreparation(options, planned).run();
      results.set(planned, result);
      options.onResult(result);
    });
  } finally {
    const done = [...results.values()].filter((result) => result.state !== 'failed');
    const entries = done.map(({ state: _, ...entry }) => entry);
    const of = { workshop: plan.workshop, server: facilitator.address.server };
    if (entries.length > 0) await writeIndex(join(directory, INDEX_FILE), of, entries);
  }
  return plan.learners.map((planned) => results.get(planned) ?? cancelled(planned));
}

/** What one learner is given, from the namespaces to the file. */
class LearnerPreparation {
  readonly #options: PrepareOptions;
  readonly #planned: PlannedLearner;
  readonly #patience: Patience;

  constructor(options: PrepareOptions, planned: PlannedLearner) {
    this.#options = options;
    this.#planned = planned;
    this.#patience = new Patience(
      options.clock,
      options.signal,
      {
        en: `everything of ${planned.learner.id} to be prepared`,
        ko: `${planned.learner.id} 학습자의 준비`,
      },
      LEARNER_DEADLINE_MS,
    );
  }

  async run(): Promise<LearnerResult> {
    const { id, name } = this.#planned.learner;
    try {
      const made = await this.#objects();
      return { ...(await this.#kubeconfig()), state: made ? 'prepared' : 'renewed' };
    } catch (error) {
      return { state: 'failed', learner: id, name, problem: problemOf(error) };
    }
  }

  /** @returns whether anything was not there yet */
  async #objects(): Promise<boolean> {
    const { plan, facts, limits } = this.#options;
    const { learner, namespaces } = this.#planned;
    const terms: Terms = { ...plan, limits, podCidrs: facts.podCidrs, priorities: facts.priorities };
    const wanted = namespaces.map((namespace) => learnerNamespace(plan.workshop, learner.id, namespace));
    // All of them before any: a learner whose namespace is taken is left as they are.
    for (const namespace of wanted) assertOurs(facts.namespaces.get(namespace.metadata.name), namespace);
    const made = [await this.#ensure(serviceAccount(plan.workshop, learner.id))];
    for (const namespace of wanted) made.push(await this.#namespace(namespace));
    for (const { name } of namespaces)
      for (const object of namespaceObjects(terms, learner.id, name)) made.push(await this.#ensure(object));
    return made.includes(true);
  }

  async #ensure(object: KubeObject, judge?: (live: KubeObject) => void): Promise<boolean> {
    const { kube } = this.#options.facilitator;
    return (await this.#patience.again(() => ensure(kube, object, judge))) !== 'unchanged';
  }

  async #namespace(wanted: KubeObject): Promise<boolean> {
    const { kube } = this.#options.facilitator;
    const { name } = wanted.metadata;
    const judge = (live: KubeObject): void => assertOurs(live.metadata, wanted);
    await this.#patience.until(
      async () => {
        const found = await kube.get({ ...NAMESPACE, name });
        if (found !== undefined) judge(found);
        return found?.metadata.deletionTimestamp === undefined;
      },
      () => `namespace ${name} is being deleted`,
    );
    return this.#ensure(wanted, judge);
  }

  async #kubeconfig(): Promise<IndexEntry> {
    const { plan, facts, facilitator, validSeconds, directory } = this.#options;
    const { learner, namespaces } = this.#planned;
    const { token, validUntil } = await this.#patience.again(() =>
      facilitator.requestToken(homeOf(plan.workshop), learner.id, validSeconds),
    );
    const file = `${learner.id}.kubeconfig`;
    const { address } = facilitator;
    await writeAtomically(
      join(directory, file),
      learnerKubeconfig(address, plan.workshop, this.#planned, facts.capabilities, token),
    );
    const names = namespaces.map((namespace) => namespace.name);
    return { learner: learner.id, name: learner.name, file, namespaces: names, validUntil };
  }
}

const MARKS = [WORKSHOP_LABEL, LEARNER_LABEL, STANDS_FOR_LABEL];

/** @throws AppError `namespace-taken` when there is one of this name that was not prepared as this */
function assertOurs(found: ObjectMeta | undefined, wanted: KubeObject): void {
  const labels = found?.labels ?? {};
  if (found === undefined || MARKS.every((mark) => labels[mark] === wanted.metadata.labels?.[mark])) return;
  const { name } = found;
  const other = labels[WORKSHOP_LABEL];
  throw new AppError({
    code: 'namespace-taken',
    message: {
      en: `The cluster already has a namespace "${name}" that ${other === undefined ? 'was not prepared by this app' : `belongs to the workshop "${other}"`}. It is left alone.`,
      ko: `클러스터에 이미 네임스페이스 "${name}"이(가) 있습니다(${other === undefined ? '이 앱이 준비하지 않음' : `워크숍 "${other}"의 것`}). 건드리지 않습니다.`,
    },
    fix: {
      en: `Give the learner another id, or remove the namespace yourself if nobody needs it: kubectl delete namespace ${name}`,
      ko: `학습자에게 다른 id를 주거나, 아무도 쓰지 않는다면 직접 지우세요: kubectl delete namespace ${name}`,
    },
  });
}

function cancelled({ learner }: PlannedLearner): LearnerResult {
  return {
    state: 'failed',
    learner: learner.id,
    name: learner.name,
    problem: {
      code: 'cancelled',
      message: { en: 'Cancelled before it was begun.', ko: '시작하기 전에 취소했습니다.' },
      fix: { en: 'Run the command again.', ko: '명령을 다시 실행하세요.' },
    },
  };
}
