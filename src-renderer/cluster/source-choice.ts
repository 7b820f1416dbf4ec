import { computed, onUnmounted, ref, shallowRef } from 'vue';
import type { ComputedRef, Ref, ShallowRef } from 'vue';
import type { Problem } from '#shared/app-error.ts';
import type { KubeContext, SourceReport } from '#shared/cluster.ts';
import { toProblem } from '../problems.ts';
import { useMain } from '../stores/connection.ts';

export type Stage = 'file' | 'context' | 'confirm';

/** Which kubeconfig was asked for: the user's own, or one at a path. */
export type Asked = 'own' | 'path';

export interface SourceChoice {
  readonly stage: ComputedRef<Stage>;
  readonly reading: Ref<Asked | undefined>;
  /** What kept a kubeconfig from being read, beside what asked for it. */
  readonly readProblem: Readonly<Ref<{ asked: Asked; problem: Problem } | undefined>>;
  readonly contexts: Readonly<ShallowRef<readonly KubeContext[]>>;
  /** Of parts of the kubeconfig that could not be read, although others could. */
  readonly problems: Readonly<ShallowRef<readonly Problem[]>>;
  /** The cluster that is looked at, or was looked at last. */
  readonly chosen: Readonly<ShallowRef<KubeContext | undefined>>;
  readonly inspecting: Readonly<Ref<boolean>>;
  readonly inspectProblem: Readonly<Ref<Problem | undefined>>;
  readonly report: Readonly<ShallowRef<SourceReport | undefined>>;
  readonly readOwn: () => Promise<void>;
  readonly readFile: (path: string) => Promise<void>;
  readonly inspect: (context: KubeContext) => Promise<void>;
  /** Gives up looking at a cluster. */
  readonly stop: () => void;
  /** One stage back. */
  readonly back: () => void;
}

/** The way to a cluster that the user has: a kubeconfig, one of its contexts, and what was found of it. */
export function useSourceChoice(): SourceChoice {
  const { cluster } = useMain();
  const reading = ref<Asked>();
  const readProblem = ref<{ asked: Asked; problem: Problem }>();
  const contexts = shallowRef<readonly KubeContext[]>([]);
  const problems = shallowRef<readonly Problem[]>([]);
  const read = ref(false);
  const chosen = shallowRef<KubeContext>();
  const inspecting = ref(false);
  const inspectProblem = ref<Problem>();
  const report = shallowRef<SourceReport>();
  let look = new AbortController();

  const stage = computed<Stage>(() =>
    report.value !== undefined ? 'confirm' : read.value ? 'context' : 'file',
  );

  async function readKubeconfig(asked: Asked, file?: string): Promise<void> {
    reading.value = asked;
    readProblem.value = undefined;
    try {
      const found = await cluster.contexts(file === undefined ? {} : { file });
      const [problem] = found.problems;
      if (found.contexts.length === 0 && problem !== undefined) readProblem.value = { asked, problem };
      else {
        contexts.value = found.contexts;
        problems.value = found.problems;
        read.value = true;
      }
    } catch (error) {
      readProblem.value = { asked, problem: toProblem(error) };
    } finally {
      reading.value = undefined;
    }
  }

  async function inspect(context: KubeContext): Promise<void> {
    stop();
    const { signal } = look;
    chosen.value = context;
    inspecting.value = true;
    try {
      const found = await cluster.inspect({ file: context.file, context: context.context }, { signal });
      if (!signal.aborted) report.value = found;
    } catch (error) {
      if (!signal.aborted) inspectProblem.value = toProblem(error);
    } finally {
      if (!signal.aborted) inspecting.value = false;
    }
  }

  function stop(): void {
    look.abort();
    look = new AbortController();
    inspecting.value = false;
    inspectProblem.value = undefined;
  }

  function back(): void {
    stop();
    if (report.value === undefined) {
      read.value = false;
      chosen.value = undefined;
    }
    report.value = undefined;
  }

  onUnmounted(stop);
  return {
    stage,
    reading,
    readProblem,
    contexts,
    problems,
    chosen,
    inspecting,
    inspectProblem,
    report,
    readOwn: () => readKubeconfig('own'),
    readFile: (path) => readKubeconfig('path', path),
    inspect,
    stop,
    back,
  };
}
