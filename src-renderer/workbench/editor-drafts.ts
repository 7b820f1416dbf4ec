import { computed, shallowRef, watch } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import type { LabManifest, LabStep } from '#shared/lab-view.ts';

/** One text that the editor can show. */
export interface EditorDocument {
  readonly name: string;
  readonly origin: 'starter' | 'setup' | 'opened' | 'scratch';
  /** What it was before the learner touched it. */
  readonly original: string;
}

/** What survives a reload: the texts that differ from their originals, and what was opened. */
interface Kept {
  texts: Record<string, string>;
  opened: LabManifest[];
  active?: string | undefined;
}

export interface Drafts {
  readonly documents: ComputedRef<EditorDocument[]>;
  readonly active: ComputedRef<EditorDocument>;
  /** Names the document and the step that it belongs to, for whatever keeps a state per document. */
  readonly activeKey: ComputedRef<string>;
  readonly text: Ref<string>;
  changed(name: string): boolean;
  choose(name: string): void;
  /** Shows a text under a name. What the learner wrote in a file of the step is never overwritten. */
  open(file: LabManifest): void;
  close(name: string): void;
  revert(): void;
}

/** Drafts of one step are kept under `switchyard.drafts.<scope>`. Storage may be absent or full: then memory does. */
export function useDrafts(
  scope: Ref<string>,
  step: Ref<LabStep | undefined>,
  scratchName: Ref<string>,
): Drafts {
  const kept = shallowRef<Kept>(read(scope.value));
  watch(scope, (next) => (kept.value = read(next)), { flush: 'sync' });

  const documents = computed<EditorDocument[]>(() => {
    const ofStep = (files: readonly LabManifest[], origin: EditorDocument['origin']): EditorDocument[] =>
      files.map(({ name, yaml }) => ({ name, origin, original: yaml }));
    return [
      ...ofStep(step.value?.starters ?? [], 'starter'),
      ...ofStep(step.value?.setup ?? [], 'setup'),
      ...ofStep(kept.value.opened, 'opened'),
      { name: scratchName.value, origin: 'scratch', original: '' },
    ];
  });
  const active = computed<EditorDocument>(() => {
    const wanted = documents.value.find((document) => document.name === kept.value.active);
    return wanted ?? documents.value[0] ?? { name: scratchName.value, origin: 'scratch', original: '' };
  });
  const text = computed({
    get: () => kept.value.texts[idOf(active.value)] ?? active.value.original,
    set: (next) => setText(active.value, next),
  });

  function change(part: Partial<Kept>): void {
    kept.value = { ...kept.value, ...part };
    write(scope.value, kept.value);
  }

  /** The drafts, except one. */
  function without(id: string): Record<string, string> {
    return Object.fromEntries(Object.entries(kept.value.texts).filter(([one]) => one !== id));
  }

  function setText(document: EditorDocument, next: string): void {
    const others = without(idOf(document));
    change({ texts: next === document.original ? others : { ...others, [idOf(document)]: next } });
  }

  function open(file: LabManifest): void {
    if (file.name === scratchName.value) {
      const document: EditorDocument = { name: file.name, origin: 'scratch', original: '' };
      const present = kept.value.texts[idOf(document)]?.trimEnd() ?? '';
      if (!present.includes(file.yaml.trim()))
        setText(document, present === '' ? file.yaml : `${present}\n---\n${file.yaml}`);
      change({ active: file.name });
      return;
    }
    const ofStep = documents.value.filter(({ origin }) => origin === 'starter' || origin === 'setup');
    const same = ofStep.find(({ name }) => name === file.name);
    if (same?.original === file.yaml) {
      change({ active: file.name });
      return;
    }
    // A worked solution has the name of the starter that it completes.
    const name = same === undefined ? file.name : freeName(file.name, ofStep);
    const others = kept.value.opened.filter((one) => one.name !== name);
    change({ texts: without(name), opened: [...others, { name, yaml: file.yaml }], active: name });
  }

  function close(name: string): void {
    const opened = kept.value.opened.filter((one) => one.name !== name);
    change({
      texts: without(name),
      opened,
      active: kept.value.active === name ? undefined : kept.value.active,
    });
  }

  return {
    documents,
    active,
    activeKey: computed(() => `${scope.value} ${active.value.name}`),
    text,
    changed: (name) => documents.value.some((one) => one.name === name && idOf(one) in kept.value.texts),
    choose: (name) => change({ active: name }),
    open,
    close,
    revert: () => setText(active.value, active.value.original),
  };
}

function idOf(document: Pick<EditorDocument, 'name' | 'origin'>): string {
  // The scratch document has another name in each language, and stays the same one.
  return document.origin === 'scratch' ? '*scratch*' : document.name;
}

function freeName(name: string, taken: readonly EditorDocument[]): string {
  for (let count = 2; ; count += 1) {
    const candidate = name.replace(/(\.ya?ml)?$/, ` (${count})$1`);
    if (!taken.some((one) => one.name === candidate)) return candidate;
  }
}

const EMPTY: Kept = { texts: {}, opened: [] };

function read(scope: string): Kept {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(`switchyard.drafts.${scope}`) ?? 'null');
    return isKept(found) ? found : EMPTY;
  } catch {
    return EMPTY;
  }
}

function write(scope: string, kept: Kept): void {
  try {
    localStorage.setItem(`switchyard.drafts.${scope}`, JSON.stringify(kept));
  } catch {
    // A full or forbidden storage costs the draft at a reload, and nothing now.
  }
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === 'object' &&
    value !== null &&
    'texts' in value &&
    typeof value.texts === 'object' &&
    'opened' in value &&
    Array.isArray(value.opened)
  );
}
