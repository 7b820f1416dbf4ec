import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { Problem } from '#shared/app-error.ts';
import type { Trace } from '#shared/contract.ts';
import { toProblem } from '../problems.ts';
import { stepService } from '../track/step-service.ts';
import { deriveTopology, lineOf } from '../track/topology.ts';
import { useCluster } from './cluster.ts';
import { useConnection } from './connection.ts';
import { ofKind } from './live-state.ts';
import { useLabs } from './labs.ts';
import { useLive } from './live.ts';
import { useWorkbench } from './workbench.ts';

/** Which Service is on the track, and the request that was last sent along it. */
export const useTrace = defineStore('trace', () => {
  const connection = useConnection();
  const labs = useLabs();
  const live = useLive();
  const bench = useWorkbench();
  const cluster = useCluster();
  const last = shallowRef<Trace>();
  const problem = ref<Problem>();
  const sending = ref(false);

  const services = computed(() =>
    ofKind(live.state.objects, 'Service').filter((service) => service.name !== 'kubernetes'),
  );
  const ofStep = computed(() =>
    labs.step === undefined
      ? undefined
      : stepService([...labs.step.starters, ...labs.step.setup], labs.content?.namespaces[0] ?? ''),
  );
  /** `namespace/name`: what the learner chose, else the step's, else the lab's, else the first there is. */
  const focus = computed(() => {
    const name = ofStep.value?.split('/')[1];
    if (bench.focus === undefined && name !== undefined) {
      const keys = services.value
        .filter((one) => one.name === name)
        .map((one) => `${one.namespace}/${one.name}`);
      // Made in another namespace, it is still what the step is about.
      return keys.includes(ofStep.value ?? '') ? ofStep.value : (keys[0] ?? ofStep.value);
    }
    const keys = services.value.map((service) => `${service.namespace}/${service.name}`);
    const wanted = bench.focus ?? labs.content?.focus;
    if (wanted !== undefined && (keys.includes(wanted) || keys.length === 0)) return wanted;
    return keys[0] ?? wanted;
  });

  const topology = computed(() =>
    deriveTopology(live.state.objects, labs.content?.client ?? '', focus.value),
  );

  // A trace tells of the line as it was: it goes when another line stands there, and so does what kept it from being sent.
  watch(() => lineOf(topology.value), clear);
  watch(
    () => connection.state.value === 'open' && cluster.state?.phase === 'ready',
    (well) => {
      if (well) problem.value = undefined;
    },
  );

  // A choice holds for the step that it was made in.
  watch(
    () => labs.shownStepId,
    () => {
      bench.focus = undefined;
      clear();
    },
  );

  async function send(): Promise<void> {
    const client = labs.content?.client;
    const [namespace, service] = (focus.value ?? '').split('/');
    if (client === undefined || namespace === undefined || service === undefined || sending.value) return;
    sending.value = true;
    problem.value = undefined;
    bench.pointedHop = undefined;
    bench.trackCollapsed = false;
    try {
      last.value = await connection.main.live.trace({ client, namespace, service });
    } catch (error) {
      last.value = undefined;
      problem.value = toProblem(error);
    } finally {
      sending.value = false;
    }
  }

  function choose(key: string): void {
    bench.focus = key;
    clear();
  }

  function clear(): void {
    last.value = undefined;
    problem.value = undefined;
    bench.pointedHop = undefined;
  }

  return { services, focus, topology, last, problem, sending, send, choose, clear };
});
