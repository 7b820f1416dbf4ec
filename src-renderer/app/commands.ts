import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import { useWords } from '../locales/index.ts';
import { useCluster } from '../stores/cluster.ts';
import { useLabs } from '../stores/labs.ts';
import { useLive } from '../stores/live.ts';
import { ofKind } from '../stores/live-state.ts';
import { useNavigation } from '../stores/navigation.ts';
import { useSettings } from '../stores/settings.ts';
import { useTerminals } from '../stores/terminals.ts';
import { useToasts } from '../stores/toasts.ts';
import { useDoctor } from '../stores/doctor.ts';
import { useTrace } from '../stores/trace.ts';
import { useWorkbench, WORKBENCH_TABS } from '../stores/workbench.ts';
import { KEYS } from './shortcuts.ts';

export interface CommandEntry {
  readonly group: string;
  readonly name: string;
  readonly keys?: string;
  readonly run: () => unknown;
}

/** Every action of the app that makes sense right now. */
export function useCommands(showShortcuts: () => void): ComputedRef<CommandEntry[]> {
  const { t, text } = useWords();
  const cluster = useCluster();
  const labs = useLabs();
  const live = useLive();
  const navigation = useNavigation();
  const settings = useSettings();
  const terminals = useTerminals();
  const toasts = useToasts();
  const trace = useTrace();
  const doctor = useDoctor();
  const bench = useWorkbench();

  const lesson = computed<CommandEntry[]>(() => {
    const content = labs.content;
    if (content === undefined) return [];
    const group = t('palette.lesson');
    const index = content.steps.findIndex((step) => step.id === labs.shownStepId);
    const next = content.steps[index + 1];
    return [
      { group, name: t('palette.checkStep'), keys: KEYS.check, run: () => labs.check() },
      { group, name: t('palette.nextHint'), run: () => labs.hint() },
      ...(next !== undefined && labs.stepState?.state === 'done'
        ? [{ group, name: t('palette.nextStep'), run: () => labs.goTo(next.id) }]
        : []),
      { group, name: t('palette.resetStep'), run: () => (bench.ask = 'reset') },
      { group, name: t('palette.showSolution'), run: () => (bench.ask = 'solution') },
    ];
  });

  const workbench = computed<CommandEntry[]>(() => {
    if (labs.content === undefined) return [];
    const group = t('palette.bench');
    const pods = ofKind(live.state.objects, 'Pod').slice(0, 200);
    return [
      ...WORKBENCH_TABS.map((tab, index) => ({
        group,
        name: t('palette.tab', { name: t(`bench.${tab}`) }),
        keys: `Alt+${index + 1}`,
        run: () => bench.goTo(tab),
      })),
      ...pods.map((pod) => ({
        group,
        name: t('palette.terminalIn', { pod: pod.name }),
        run: () => {
          bench.tab = 'terminals';
          return terminals.open(pod.namespace, pod.name);
        },
      })),
      ...pods.map((pod) => ({
        group,
        name: t('palette.logsOf', { pod: pod.name }),
        run: () => bench.showLogs(pod.namespace, pod.name),
      })),
    ];
  });

  const track = computed<CommandEntry[]>(() => {
    if (labs.content === undefined) return [];
    const group = t('palette.track');
    return [
      { group, name: t('palette.trace'), keys: KEYS.trace, run: () => trace.send() },
      { group, name: t('doctor.ask'), run: () => doctor.ask() },
      ...trace.services.map((service) => ({
        group,
        name: t('palette.focusService', { name: service.name }),
        run: () => trace.choose(`${service.namespace}/${service.name}`),
      })),
      {
        group,
        name: t('palette.toggleTrack'),
        keys: KEYS.track,
        run: () => (bench.trackCollapsed = !bench.trackCollapsed),
      },
      {
        group,
        name: t('palette.toggleLesson'),
        keys: KEYS.lesson,
        run: () => (bench.lessonCollapsed = !bench.lessonCollapsed),
      },
    ];
  });

  /** Where clusters come from, and where the present one is reached. None of it while one is being made. */
  const clusters = computed<CommandEntry[]>(() => {
    const group = t('palette.cluster');
    const phase = cluster.state?.phase ?? 'creating';
    if (phase === 'creating' || phase === 'cancelling' || phase === 'deleting') return [];
    const { ingress } = cluster.state?.reach ?? {};
    return [
      ...(cluster.providers ?? []).map(({ id, name }) => ({
        group,
        name: t('palette.openPreflight', { name: text(name) }),
        run: () => navigation.go({ at: 'preflight', provider: id }),
      })),
      ...(cluster.providers?.some(({ origin }) => origin === 'given') === true
        ? [{ group, name: t('palette.openExisting'), run: () => navigation.go({ at: 'existing' }) }]
        : []),
      ...(ingress === undefined
        ? []
        : [{ group, name: t('palette.copyAddress', { url: ingress.http }), run: () => copy(ingress.http) }]),
    ];
  });

  async function copy(value: string): Promise<void> {
    await navigator.clipboard.writeText(value);
    toasts.say(t('app.copied'));
  }

  const rest = computed<CommandEntry[]>(() => {
    const go = t('palette.go');
    const view = t('palette.view');
    const line = cluster.state?.kubectlLine;
    return [
      { group: go, name: t('palette.openLabs'), run: () => navigation.go({ at: 'labs' }) },
      ...(labs.list ?? []).map((lab) => ({
        group: go,
        name: text(lab.title),
        run: () => navigation.go({ at: 'lab', labId: lab.id }),
      })),
      { group: go, name: t('palette.openStart'), run: () => navigation.go({ at: 'start' }) },
      ...clusters.value,
      ...(line === undefined
        ? []
        : [
            {
              group: t('palette.cluster'),
              name: t('palette.copyKubectl'),
              run: () => copy(line),
            },
          ]),
      ...(['system', 'light', 'dark'] as const).map((theme) => ({
        group: view,
        name: t('palette.themeTo', {
          name: t(
            theme === 'system'
              ? 'status.themeSystem'
              : theme === 'light'
                ? 'status.themeLight'
                : 'status.themeDark',
          ),
        }),
        run: () => settings.change({ theme }),
      })),
      ...(['en', 'ko'] as const).map((language) => ({
        group: view,
        name: t('palette.languageTo', { name: t(language === 'en' ? 'app.english' : 'app.korean') }),
        run: () => settings.change({ language }),
      })),
      { group: view, name: t('palette.shortcuts'), keys: KEYS.sheet, run: showShortcuts },
    ];
  });

  return computed(() => [...lesson.value, ...track.value, ...workbench.value, ...rest.value]);
}
