import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { ObjectView } from '#shared/live.ts';
import type { Hop } from '#shared/verdict.ts';

export type WorkbenchTab = 'terminals' | 'yaml' | 'resources' | 'events' | 'logs';
export const WORKBENCH_TABS: readonly WorkbenchTab[] = ['terminals', 'yaml', 'resources', 'events', 'logs'];

/** Which object is open for a closer look. */
export interface Selection {
  readonly kind: ObjectView['kind'];
  readonly namespace: string;
  readonly name: string;
}

/** What the workbench shows, so that lesson, track and palette can point at it. */
export const useWorkbench = defineStore('workbench', () => {
  const tab = ref<WorkbenchTab>('terminals');
  const selection = shallowRef<Selection>();
  /** Service on the track, `namespace/name`. Undefined: the lab's own choice. */
  const focus = ref<string>();
  /** A hop that a signal points at, until the learner does something else. */
  const pointedHop = ref<Hop>();
  const logsOf = ref<{ namespace: string; pod: string }>();
  /** A text to open in the editor: the name of its file, and what it holds. */
  const toEdit = shallowRef<{ name: string; yaml: string }>();
  /** Rises when the keyboard asks for a tab: the focus then goes there. */
  const focusAsked = ref(0);
  /** A question that the palette wants the lesson to ask. */
  const ask = ref<'reset' | 'solution'>();
  const lessonCollapsed = ref(false);
  const trackCollapsed = ref(false);

  function select(next: Selection | undefined): void {
    selection.value =
      next === undefined ? undefined : { kind: next.kind, namespace: next.namespace, name: next.name };
    if (next !== undefined) tab.value = 'resources';
  }

  function goTo(next: WorkbenchTab): void {
    tab.value = next;
    focusAsked.value += 1;
  }

  function edit(name: string, yaml: string): void {
    toEdit.value = { name, yaml };
    tab.value = 'yaml';
  }

  function showLogs(namespace: string, pod: string): void {
    logsOf.value = { namespace, pod };
    tab.value = 'logs';
  }

  function forget(): void {
    selection.value = undefined;
    focus.value = undefined;
    pointedHop.value = undefined;
    logsOf.value = undefined;
    toEdit.value = undefined;
    tab.value = 'terminals';
  }

  return {
    tab,
    selection,
    focus,
    pointedHop,
    logsOf,
    toEdit,
    ask,
    focusAsked,
    lessonCollapsed,
    trackCollapsed,
    select,
    goTo,
    edit,
    showLogs,
    forget,
  };
});
