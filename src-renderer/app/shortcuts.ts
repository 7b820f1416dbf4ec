import { onMounted, onUnmounted } from 'vue';
import { useLabs } from '../stores/labs.ts';
import { useNavigation } from '../stores/navigation.ts';
import { useTrace } from '../stores/trace.ts';
import { useWorkbench, WORKBENCH_TABS } from '../stores/workbench.ts';

/** Keys as shown to people; `Mod` is Ctrl, or Cmd on a Mac. */
export const KEYS = {
  palette: 'Mod+K',
  check: 'Mod+Shift+Enter',
  trace: 'Alt+R',
  lesson: 'Alt+L',
  track: 'Alt+T',
  tabs: 'Alt+1 … 5',
  sheet: '?',
} as const;

export const isMac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');

/** The keyboard of the whole app. Terminals and the editor keep every key that is not listed here. */
export function useShortcuts(open: { palette: () => void; sheet: () => void }): void {
  const labs = useLabs();
  const bench = useWorkbench();
  const navigation = useNavigation();
  const trace = useTrace();

  function onKey(event: KeyboardEvent): void {
    const mod = isMac ? event.metaKey : event.ctrlKey;
    const inLab = navigation.place?.at === 'lab';
    if (mod && !event.altKey && event.code === 'KeyK' && !event.shiftKey) take(event, open.palette);
    else if (event.key === '?' && !isTyping(event.target)) take(event, open.sheet);
    else if (inLab && mod && event.shiftKey && event.code === 'Enter') take(event, () => void labs.check());
    else if (inLab && event.altKey && !mod) onAlt(event);
  }

  function onAlt(event: KeyboardEvent): void {
    const tab = WORKBENCH_TABS[Number(/^Digit([1-5])$/.exec(event.code)?.[1] ?? 0) - 1];
    if (tab !== undefined) take(event, () => bench.goTo(tab));
    else if (event.code === 'KeyL') take(event, () => (bench.lessonCollapsed = !bench.lessonCollapsed));
    else if (event.code === 'KeyT') take(event, () => (bench.trackCollapsed = !bench.trackCollapsed));
    else if (event.code === 'KeyR') take(event, () => void trace.send());
  }

  // Capture: before xterm and the editor see the key.
  onMounted(() => window.addEventListener('keydown', onKey, { capture: true }));
  onUnmounted(() => window.removeEventListener('keydown', onKey, { capture: true }));
}

function take(event: KeyboardEvent, act: () => void): void {
  event.preventDefault();
  event.stopPropagation();
  act();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
