import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { Problem } from '#shared/app-error.ts';
import type { CheckState, LabContent, LabSession, LabStep, LabSummary, StepState } from '#shared/lab-view.ts';
import { follow } from '../follow.ts';
import { browserKeep, FirstVerdicts } from '../lesson/first-verdict.ts';
import { toProblem } from '../problems.ts';
import { useCluster } from './cluster.ts';
import { useConnection } from './connection.ts';

/** The labs there are, and the one that is open. */
export const useLabs = defineStore('labs', () => {
  const connection = useConnection();
  const cluster = useCluster();
  const { labs } = connection.main;
  const list = shallowRef<LabSummary[]>();
  const content = shallowRef<LabContent>();
  const session = shallowRef<LabSession>();
  /** The lab that was to be opened, when the present cluster lacks what it needs: it is not begun then. */
  const unmet = shallowRef<LabSummary>();
  const problem = ref<Problem>();
  /** The step that is shown; it follows the current one unless the learner looks back. */
  const shownStepId = ref<string>();
  const verdicts = new FirstVerdicts(browserKeep);
  /** Rises when the learner asks for checks, by a click or by an answer: they are judged afresh then. */
  const asked = ref(0);
  let stop = new AbortController();
  /** The last attempt to set up the step failed. */
  let notStarted = false;

  const step = computed<LabStep | undefined>(() =>
    content.value?.steps.find((candidate) => candidate.id === shownStepId.value),
  );
  const stepState = computed<StepState | undefined>(() =>
    session.value?.steps.find((candidate) => candidate.id === shownStepId.value),
  );
  /** The step is being set up: what is done now would be taken for how the step begins. */
  const preparing = computed(() => stepState.value?.state === 'preparing' && problem.value === undefined);
  const finished = computed(
    () =>
      session.value !== undefined &&
      session.value.steps.length > 0 &&
      session.value.steps.every((candidate) => candidate.state === 'done'),
  );

  // What was wrong while nothing answered is over as soon as everything does.
  watch(
    () => connection.state.value === 'open' && cluster.state?.phase === 'ready',
    (well) => {
      if (!well) return;
      problem.value = undefined;
      void renewContent();
      // What could not be set up then can be now.
      if (notStarted) void start();
    },
  );

  async function loadList(): Promise<void> {
    problem.value = undefined;
    try {
      list.value = await connection.main.labs.list();
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  /** Opens a lab and sets up its current step, if the present cluster has what it needs. */
  async function open(labId: string): Promise<void> {
    close();
    const { signal } = stop;
    try {
      const [found, all] = await Promise.all([labs.content({ labId }), labs.list()]);
      if (signal.aborted) return;
      list.value = all;
      unmet.value = all.find((lab) => lab.id === labId && lab.unmet.length > 0);
      if (unmet.value !== undefined) return;
      content.value = found;
    } catch (error) {
      problem.value = toProblem(error);
      return;
    }
    void follow(
      connection,
      {
        open: async (main, inner) => {
          const states = await main.labs.session({ labId }, { signal: inner });
          // A main that was started again watches nothing yet.
          if (session.value !== undefined) void start();
          return states;
        },
        next: adopt,
        failed: (error) => {
          const found = toProblem(error);
          // Of a lost connection the banner tells.
          if (found.code !== 'connection-lost') problem.value = found;
          return 'again';
        },
      },
      signal,
    );
    await start();
  }

  /** On another cluster the lab may be in other namespaces, and its texts say so. */
  async function renewContent(): Promise<void> {
    const labId = content.value?.id;
    if (labId === undefined) return;
    const { signal } = stop;
    const found = await labs.content({ labId }).catch(() => undefined); // a lost connection is told of elsewhere
    if (found === undefined || signal.aborted) return;
    if (JSON.stringify(found) !== JSON.stringify(content.value)) content.value = found;
  }

  function adopt(next: LabSession): void {
    const moved = session.value?.currentStep !== next.currentStep;
    // A lab that was never begun, or whose progress is gone.
    if (session.value === undefined && !next.started) verdicts.forget(next.labId);
    session.value = next;
    if (problem.value?.code === 'connection-lost') problem.value = undefined;
    if (moved || shownStepId.value === undefined) shownStepId.value = next.currentStep;
  }

  async function start(): Promise<void> {
    const labId = content.value?.id;
    if (labId === undefined) return;
    notStarted = true;
    await attempt(async () => {
      await connection.main.labs.start({ labId });
      notStarted = false;
    });
  }

  function close(): void {
    stop.abort();
    notStarted = false;
    stop = new AbortController();
    content.value = undefined;
    session.value = undefined;
    unmet.value = undefined;
    shownStepId.value = undefined;
    problem.value = undefined;
  }

  function noteAsked(checkIds: readonly string[]): void {
    verdicts.begin(checkIds.map((id) => `${stepKey()}/${id}`));
    asked.value += 1;
  }

  /** The shown step among the steps of all labs. */
  function stepKey(): string {
    return `${content.value?.id ?? ''}/${shownStepId.value ?? ''}`;
  }

  /** Whether a check of the shown step failed before the learner had begun. */
  function isEarly(state: CheckState): boolean {
    return asked.value >= 0 && verdicts.isEarly(stepKey(), state);
  }

  function check(checkId?: string): Promise<void> {
    if (preparing.value) return Promise.resolve();
    noteAsked(checkId === undefined ? (step.value?.checks.map(({ id }) => id) ?? []) : [checkId]);
    return attempt(() => labs.check({ ...stepRef(), ...(checkId === undefined ? {} : { checkId }) }));
  }

  /** Runs a call about the shown step and keeps its problem, if any, for the lesson to show. */
  async function attempt<T>(call: () => Promise<T>): Promise<T | undefined> {
    problem.value = undefined;
    try {
      return await call();
    } catch (error) {
      problem.value = toProblem(error);
      return undefined;
    }
  }

  function stepRef(): { labId: string; stepId: string } {
    return { labId: content.value?.id ?? '', stepId: shownStepId.value ?? '' };
  }

  return {
    list,
    content,
    session,
    unmet,
    problem,
    shownStepId,
    step,
    stepState,
    preparing,
    finished,
    loadList,
    open,
    start,
    close,
    goTo: (stepId: string) => attempt(() => labs.goTo({ ...stepRef(), stepId })),
    check,
    isEarly,
    answer: (checkId: string, value: string) => attempt(() => labs.answer({ ...stepRef(), checkId, value })),
    hint: () => attempt(() => labs.hint(stepRef())),
    solution: () => attempt(() => labs.solution(stepRef())),
    solve: () => attempt(() => labs.solve(stepRef())),
    reset: () => attempt(() => labs.reset(stepRef())),
  };
});
