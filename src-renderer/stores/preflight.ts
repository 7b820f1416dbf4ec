import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Problem } from '#shared/app-error.ts';
import type { PreflightReport, ProviderId } from '#shared/cluster.ts';
import { toProblem } from '../problems.ts';
import { useConnection } from './connection.ts';

/** What is known of whether this machine can make clusters of one provider. */
export interface Look {
  /** It is being looked at; what was seen before is still there. */
  readonly looking: boolean;
  readonly report?: PreflightReport;
  /** Why it could not be looked at. */
  readonly problem?: Problem;
}

const NOT_YET: Look = { looking: false };

/** What the preflight saw, by provider. Asked for by whoever shows it, and kept when it is shown elsewhere. */
export const usePreflight = defineStore('preflight', () => {
  const { main } = useConnection();
  const looks = ref<Partial<Record<ProviderId, Look>>>({});
  const under = new Map<ProviderId, Promise<void>>();

  function of(provider: ProviderId): Look {
    return looks.value[provider] ?? NOT_YET;
  }

  /** Looks, or waits for the look that is under way. */
  function look(provider: ProviderId): Promise<void> {
    const looking = under.get(provider) ?? ask(provider).finally(() => under.delete(provider));
    under.set(provider, looking);
    return looking;
  }

  async function ask(provider: ProviderId): Promise<void> {
    const { report } = of(provider);
    looks.value[provider] = { looking: true, ...(report !== undefined && { report }) };
    try {
      looks.value[provider] = { looking: false, report: await main.cluster.preflight({ provider }) };
    } catch (error) {
      looks.value[provider] = { looking: false, problem: toProblem(error) };
    }
  }

  /** Does what a finding offers. Resolves with what kept it from being done, if anything did. */
  async function mend(provider: ProviderId, item: string, mending: string): Promise<Problem | undefined> {
    try {
      const report = await main.cluster.mend({ provider, item, mend: mending });
      looks.value[provider] = { looking: false, report };
      return undefined;
    } catch (error) {
      return toProblem(error);
    }
  }

  return { of, look, mend };
});
