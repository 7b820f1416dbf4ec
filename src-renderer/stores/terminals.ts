import { defineStore } from 'pinia';
import { ref, shallowRef, watch } from 'vue';
import type { Problem } from '#shared/app-error.ts';
import type { TerminalInfo } from '#shared/contract.ts';
import { follow } from '../follow.ts';
import { toProblem } from '../problems.ts';
import { useConnection } from './connection.ts';

/** A shell starts with this size; the first fit corrects it. */
const FIRST_SIZE = { columns: 100, rows: 24 };

/** The shells that are open in pods. They live in main: leaving a tab or the page does not end them. */
export const useTerminals = defineStore('terminals', () => {
  const connection = useConnection();
  const list = shallowRef<TerminalInfo[]>([]);
  const loaded = ref(false);
  /** How often a connection has told what terminals there are: a program that was started again has none. */
  const arrivals = ref(0);
  let arriving = false;
  const activeId = ref<string>();
  const problem = ref<Problem>();
  const opening = new Map<string, Promise<TerminalInfo | undefined>>();

  watch(connection.state, (state) => {
    if (state === 'open') problem.value = undefined;
  });

  void follow(
    connection,
    {
      open: (main, signal) => {
        arriving = true;
        return main.terminals.list(undefined, { signal });
      },
      next: (value) => {
        list.value = value;
        loaded.value = true;
        if (arriving) arrivals.value += 1;
        arriving = false;
        if (!value.some((terminal) => terminal.id === activeId.value)) activeId.value = value.at(-1)?.id;
      },
    },
    new AbortController().signal,
  );

  async function open(namespace: string, pod: string, container?: string): Promise<TerminalInfo | undefined> {
    problem.value = undefined;
    try {
      const info = await connection.main.terminals.open({
        namespace,
        pod,
        size: FIRST_SIZE,
        ...(container === undefined ? {} : { container }),
      });
      if (!list.value.some((terminal) => terminal.id === info.id)) list.value = [...list.value, info];
      activeId.value = info.id;
      return info;
    } catch (error) {
      problem.value = toProblem(error);
      return undefined;
    }
  }

  /** The terminal of a pod (`namespace/name`): the one there is, or a new one. Never two at once. */
  async function ensure(podKey: string): Promise<TerminalInfo | undefined> {
    const [namespace = '', pod = ''] = podKey.split('/');
    const present = list.value.find(
      (terminal) => terminal.namespace === namespace && terminal.pod === pod && terminal.state !== 'closed',
    );
    if (present !== undefined) {
      activeId.value = present.id;
      return present;
    }
    const pending = opening.get(podKey) ?? open(namespace, pod);
    opening.set(podKey, pending);
    try {
      return await pending;
    } finally {
      opening.delete(podKey);
    }
  }

  /** Types a command into a terminal and presses Enter after each line. */
  async function run(id: string, command: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${command.trim().replaceAll('\n', '\r')}\r`);
    await guarded(() => connection.main.terminals.write({ id, bytes }));
  }

  async function guarded(call: () => Promise<void>): Promise<void> {
    problem.value = undefined;
    try {
      await call();
    } catch (error) {
      problem.value = toProblem(error);
    }
  }

  const { terminals } = connection.main;
  return {
    list,
    loaded,
    arrivals,
    activeId,
    problem,
    open,
    ensure,
    run,
    close: (id: string) => guarded(() => terminals.close({ id })),
    reconnect: (id: string) => guarded(() => terminals.reconnect({ id })),
  };
});
