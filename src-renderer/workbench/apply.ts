import { ref, shallowRef } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import type { Problem } from '#shared/app-error.ts';
import type { ApplyResult } from '#shared/contract.ts';
import { toProblem } from '../problems.ts';
import { useMain } from '../stores/connection.ts';

export type ShownResult = ApplyResult & { readonly dryRun: boolean };

/** Sends a YAML text to the API server and keeps its answer. */
export function useApply(): {
  result: ShallowRef<ShownResult | undefined>;
  problem: Ref<Problem | undefined>;
  busy: Ref<boolean>;
  send: (yaml: string, namespace: string, dryRun: boolean) => Promise<void>;
  clear: () => void;
} {
  const main = useMain();
  const result = shallowRef<ShownResult>();
  const problem = ref<Problem>();
  const busy = ref(false);

  function clear(): void {
    result.value = undefined;
    problem.value = undefined;
  }

  async function send(yaml: string, namespace: string, dryRun: boolean): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    clear();
    try {
      result.value = { ...(await main.live.apply({ yaml, namespace, dryRun })), dryRun };
    } catch (error) {
      problem.value = toProblem(error);
    } finally {
      busy.value = false;
    }
  }

  return { result, problem, busy, send, clear };
}
