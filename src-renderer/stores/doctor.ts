import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Problem } from '#shared/app-error.ts';
import type { DoctorReport } from '#shared/doctor.ts';
import { toProblem } from '../problems.ts';
import { useMain } from './connection.ts';
import { useLabs } from './labs.ts';
import { useTrace } from './trace.ts';

/** What the doctor says of the Service on the track, seen from the lab's client. */
export const useDoctor = defineStore('doctor', () => {
  const main = useMain();
  const labs = useLabs();
  const trace = useTrace();

  const open = ref(false);
  const asking = ref(false);
  /** `namespace/name` that was asked about. */
  const subject = ref('');
  const report = shallowRef<DoctorReport>();
  const problem = shallowRef<Problem>();
  const askable = computed(() => trace.focus !== undefined && labs.content !== undefined);

  /** Opens the sheet and asks. An answer to an earlier question is dropped. */
  async function ask(): Promise<void> {
    const key = trace.focus;
    const from = labs.content?.client;
    const [namespace, service] = (key ?? '').split('/');
    if (key === undefined || from === undefined || namespace === undefined || service === undefined) return;
    open.value = true;
    if (asking.value && subject.value === key) return;
    subject.value = key;
    asking.value = true;
    report.value = undefined;
    problem.value = undefined;
    try {
      const answer = await main.live.doctor({ namespace, service, from });
      if (subject.value === key) report.value = answer;
    } catch (error) {
      if (subject.value === key) problem.value = toProblem(error);
    } finally {
      if (subject.value === key) asking.value = false;
    }
  }

  return { open, asking, subject, report, problem, askable, ask };
});
