import type { Reach } from '#shared/cluster.ts';
import { AppError } from '#shared/app-error.ts';
import type { LabContent, LabSession, LabSummary, Solution } from '#shared/lab-view.ts';
import { labContent, labSummary } from '../labs/content.ts';
import type { Lab } from '../labs/lab.ts';
import type { LabLibrary } from '../labs/library.ts';
import type { ProgressStore } from '../labs/progress.ts';
import { requireCapabilities, unmetRequirements } from '../labs/requirements.ts';
import { createLabRunner, type LabRunner } from '../labs/runner.ts';
import { Observable } from '../observable.ts';
import type { ClusterConnection } from '../providers/open-cluster.ts';
import { placeLab } from '../tenancy/place-lab.ts';
import { absentCluster } from './absent-cluster.ts';

export interface LabsServiceOptions {
  library: LabLibrary;
  progress: ProgressStore;
  connection: Observable<ClusterConnection | undefined>;
  /** Where the present cluster is reached from this machine. */
  reach: () => Reach;
  /** Told of what fails when nobody asked for it. */
  onError: (error: unknown) => void;
}

/** A lab that somebody has opened: its session goes on over a change of cluster, its runner is replaced. */
interface OpenLab {
  session: Observable<LabSession>;
  runner: LabRunner;
  followers: number;
}

/** The labs of the library, each run on the present cluster; without a cluster, shown as they were left. */
export class LabsService {
  readonly #library: LabLibrary;
  readonly #progress: ProgressStore;
  readonly #connection: Observable<ClusterConnection | undefined>;
  readonly #reach: () => Reach;
  readonly #onError: (error: unknown) => void;
  readonly #open = new Map<string, Promise<OpenLab>>();
  #moved: Promise<void> = Promise.resolve();

  constructor({ library, progress, connection, reach, onError }: LabsServiceOptions) {
    this.#library = library;
    this.#progress = progress;
    this.#connection = connection;
    this.#reach = reach;
    this.#onError = onError;
    connection.subscribe(() => {
      this.#moved = this.#moved.then(() => this.#moveAll());
    });
  }

  list(): Promise<LabSummary[]> {
    const present = this.#connection.value?.cluster.capabilities;
    return Promise.all(
      [...this.#library.labs.values()].map(async (lab) => {
        // Without a cluster nothing is missing yet.
        const unmet = present === undefined ? [] : unmetRequirements(lab, present);
        return labSummary(lab, await this.#progress.load(lab.id), unmet);
      }),
    );
  }

  /** As it is on the present cluster: in its own namespaces, or in those that were prepared for the learner. */
  content(labId: string): LabContent {
    return labContent(this.#placed(this.#lab(labId)));
  }

  /** How the learner stands, then every change, until `signal`. */
  async *session(labId: string, signal: AbortSignal | undefined): AsyncGenerator<LabSession, void, void> {
    const open = await this.#opened(labId);
    open.followers++;
    try {
      yield* open.session.follow(signal);
    } finally {
      open.followers--;
    }
  }

  /** @throws AppError `cluster-lacks` */
  async start(labId: string): Promise<void> {
    const runner = await this.#runner(labId);
    this.#require(labId);
    await runner.start();
  }

  /** @throws AppError `cluster-lacks`, `step-locked` */
  async goTo(labId: string, stepId: string): Promise<void> {
    const runner = await this.#runner(labId);
    this.#require(labId);
    await runner.goTo(stepId);
  }

  async check(labId: string, stepId: string, checkId: string | undefined): Promise<void> {
    await (await this.#runner(labId)).check(stepId, checkId);
  }

  async answer(labId: string, stepId: string, checkId: string, value: string): Promise<void> {
    await (await this.#runner(labId)).answer(stepId, checkId, value);
  }

  async hint(labId: string, stepId: string): Promise<void> {
    await (await this.#runner(labId)).hint(stepId);
  }

  async solution(labId: string, stepId: string): Promise<Solution> {
    return (await this.#runner(labId)).solution(stepId);
  }

  async solve(labId: string, stepId: string): Promise<void> {
    await (await this.#runner(labId)).solve(stepId);
  }

  async reset(labId: string, stepId: string): Promise<void> {
    await (await this.#runner(labId)).reset(stepId);
  }

  /** Stops watching; the progress is kept. Never rejects: whoever made a change was told that it is not kept. */
  async close(): Promise<void> {
    await this.#moved;
    for (const opening of this.#open.values()) {
      const open = await opening.catch(() => undefined);
      await open?.runner.close().catch(this.#onError);
    }
  }

  /** @throws AppError `lab-unknown` */
  #lab(labId: string): Lab {
    const lab = this.#library.labs.get(labId);
    if (lab !== undefined) return lab;
    throw new AppError({
      code: 'lab-unknown',
      message: { en: `There is no lab "${labId}".`, ko: `"${labId}" 실습이 없습니다.` },
      fix: {
        en: 'Choose one from the list; a lab that could not be read is named among the problems.',
        ko: '목록에서 실습을 고르세요. 읽지 못한 실습은 문제 목록에 나옵니다.',
      },
    });
  }

  #require(labId: string): void {
    const { value } = this.#connection;
    if (value !== undefined) requireCapabilities(this.#lab(labId), value.cluster.capabilities);
  }

  async #runner(labId: string): Promise<LabRunner> {
    await this.#moved;
    return (await this.#opened(labId)).runner;
  }

  #opened(labId: string): Promise<OpenLab> {
    let open = this.#open.get(labId);
    if (open === undefined) {
      open = this.#openLab(this.#lab(labId));
      open.catch(() => this.#open.delete(labId));
      this.#open.set(labId, open);
    }
    return open;
  }

  async #openLab(lab: Lab): Promise<OpenLab> {
    const runner = await this.#newRunner(lab);
    const open: OpenLab = { session: new Observable(runner.session()), runner, followers: 0 };
    runner.onChange((session) => open.session.set(session));
    return open;
  }

  #newRunner(lab: Lab): Promise<LabRunner> {
    return createLabRunner({
      lab: this.#placed(lab),
      kube: this.#connection.value?.kube ?? absentCluster,
      progress: this.#progress,
      reach: this.#reach,
    });
  }

  #placed(lab: Lab): Lab {
    const tenancy = this.#connection.value?.cluster.tenancy;
    return tenancy === undefined ? lab : placeLab(lab, tenancy);
  }

  /** The cluster is another one, or there is none any more: every open lab moves over. */
  async #moveAll(): Promise<void> {
    for (const [labId, opening] of this.#open) {
      const open = await opening.catch(() => undefined); // whoever opens it is told
      if (open !== undefined) await this.#move(this.#lab(labId), open).catch(this.#onError);
    }
  }

  async #move(lab: Lab, open: OpenLab): Promise<void> {
    // What could not be kept must not hold the lab back from the new cluster.
    await open.runner.close().catch(this.#onError);
    const runner = await this.#newRunner(lab);
    open.runner = runner;
    open.session.set(runner.session());
    runner.onChange((session) => open.session.set(session));
    // Somebody is in the middle of it: it goes on by itself.
    if (this.#connection.value === undefined || open.followers === 0 || !runner.session().started) return;
    this.#require(lab.id);
    void runner.start().catch(this.#onError);
  }
}
