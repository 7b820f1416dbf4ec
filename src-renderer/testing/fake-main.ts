import { createRouterClient, implement } from '@orpc/server';
import { ref } from 'vue';
import { contract } from '#shared/contract.ts';
import type { ClusterState, Settings, TerminalInfo } from '#shared/contract.ts';
import type { LabSession, StepState } from '#shared/lab-view.ts';
import type { Verdict } from '#shared/verdict.ts';
import type { Connection } from '../transport.ts';
import { Broadcast } from './broadcast.ts';
import { FakeCluster } from './fake-cluster.ts';
import { endpointsVerdict, FAKE_LAB, FAKE_SUMMARIES } from './fake-lab.ts';

export interface FakeOptions {
  readonly language?: 'en' | 'ko';
  readonly theme?: Settings['theme'];
  readonly phase?: ClusterState['phase'];
  readonly extraPods?: number;
}

const READY: ClusterState = {
  phase: 'ready', provider: 'emulated', name: 'switchyard', progress: [],
  server: { url: 'https://127.0.0.1:40123', version: 'v1.34.0', nodes: 3 },
  kubeconfigPath: '~/.local/share/switchyard/kubeconfig',
  kubectlLine: 'export KUBECONFIG=~/.local/share/switchyard/kubeconfig',
};
const STEPS = [
  { id: 'ca', text: { en: 'Make certificates', ko: '인증서 만들기' } },
  { id: 'api', text: { en: 'Start the API server', ko: 'API 서버 시작' } },
  { id: 'nodes', text: { en: 'Join three nodes', ko: '노드 셋 연결' } },
  { id: 'dns', text: { en: 'Wait for DNS', ko: 'DNS 기다리기' } },
];
const IDLE: Verdict = { outcome: 'not-run', evidence: [] };
const CHECK_IDS = ['endpoints-are-pods', 'answers', 'why'];

const firstSteps: StepState[] = FAKE_LAB.steps.map((step, index) => ({
  id: step.id,
  state: index === 0 ? 'done' : index === 1 ? 'open' : 'locked',
  hints: [],
  assisted: false,
  checks: CHECK_IDS.map((id) => ({ id, running: false, verdict: index === 1 && id === 'endpoints-are-pods' ? endpointsVerdict([]) : IDLE })),
}));

/** A main that answers from memory, validated by the contract like the real one. */
export function fakeConnection(options: FakeOptions = {}): Connection {
  const os = implement(contract);
  const cluster = new FakeCluster(options.extraPods);
  const settings = new Broadcast<Settings>({ theme: options.theme ?? 'light', layout: {}, ...(options.language === undefined ? {} : { language: options.language }) });
  const phase = options.phase ?? 'ready';
  const state = new Broadcast<ClusterState>(phase === 'ready' || phase === 'unreachable' ? { ...READY, phase } : { phase, progress: phase === 'creating' ? progressAt(2) : [] });
  const terminals = new Broadcast<TerminalInfo[]>([]);
  const output = new Broadcast<Uint8Array<ArrayBuffer>>(new Uint8Array());
  const session = new Broadcast<LabSession>({ labId: 'cluster-ip', started: true, currentStep: 'selector', steps: firstSteps, earnedPoints: 5, totalPoints: 20 });
  const encoder = new TextEncoder();
  const prompt = encoder.encode('\u001b[32mclient\u001b[0m:\u001b[34m/\u001b[0m$ ');

  function progressAt(done: number): ClusterState['progress'] {
    const now = Date.now();
    return STEPS.map((step, index) => ({
      ...step,
      state: index < done ? 'done' : index === done ? 'running' : 'pending',
      ...(index <= done ? { startedAt: now - (done - index + 1) * 180 } : {}),
      ...(index < done ? { finishedAt: now - (done - index) * 180 } : {}),
    }));
  }

  function changeStep(stepId: string, change: (step: StepState) => StepState): void {
    const now = session.value;
    session.set({ ...now, steps: now.steps.map((step) => (step.id === stepId ? change(step) : step)) });
  }

  function judge(stepId: string, checkId: string, verdict: Verdict): void {
    changeStep(stepId, (step) => {
      const checks = step.checks.map((check) => (check.id === checkId ? { ...check, running: false, verdict } : check));
      return { ...step, checks, state: checks.every((check) => check.verdict.outcome === 'pass') ? 'done' : step.state };
    });
  }

  function lookAgain(stepId: string): void {
    const ready = cluster.readyPods;
    judge(stepId, 'endpoints-are-pods', endpointsVerdict(ready.map((pod) => pod.ip ?? '')));
  }

  const router = os.router({
    app: {
      info: os.app.info.handler(() => ({ version: '0.1.0', host: 'web', dataDirectory: '~/.local/share/switchyard' })),
      settings: os.app.settings.handler(({ signal }) => settings.follow(signal)),
      changeSettings: os.app.changeSettings.handler(({ input }) => {
        const { language, theme, layout } = { ...settings.value, ...input };
        settings.set({ theme: theme ?? 'system', layout: layout ?? {}, ...(language === undefined ? {} : { language }) });
        return settings.value;
      }),
      notices: os.app.notices.handler(async function* () {
        yield [{ code: 'progress-set-aside', message: { en: 'A progress file could not be read and was set aside.', ko: '진행 파일을 읽지 못해 따로 옮겨 두었습니다.' }, detail: 'progress.json.broken' }];
        await new Promise(() => undefined);
      }),
    },
    cluster: {
      providers: os.cluster.providers.handler(() => [
        { id: 'emulated', name: { en: 'Emulated', ko: '에뮬레이션' }, available: true, description: { en: 'A small Kubernetes 1.34 inside this program. Ready in about two seconds, works without Docker and without a network.', ko: '이 프로그램 안의 작은 Kubernetes 1.34입니다. 2초쯤이면 준비되고 Docker도 네트워크도 필요 없습니다.' } },
        { id: 'kind', name: { en: 'kind', ko: 'kind' }, available: false, description: { en: 'Kubernetes in Docker containers.', ko: 'Docker 컨테이너 안의 Kubernetes.' }, reason: { en: 'kind is not installed.', ko: 'kind가 설치되어 있지 않습니다.' } },
        { id: 'k3d', name: { en: 'k3d', ko: 'k3d' }, available: false, description: { en: 'k3s in Docker containers.', ko: 'Docker 컨테이너 안의 k3s.' }, reason: { en: 'Docker does not answer.', ko: 'Docker가 응답하지 않습니다.' } },
        { id: 'existing', name: { en: 'Your own cluster', ko: '내 클러스터' }, available: true, description: { en: 'A cluster that a kubeconfig of yours points at. Labs use namespaces of their own.', ko: '가지고 있는 kubeconfig가 가리키는 클러스터입니다. 실습은 따로 네임스페이스를 씁니다.' } },
      ]),
      state: os.cluster.state.handler(({ signal }) => state.follow(signal)),
      create: os.cluster.create.handler(() => {
        STEPS.forEach((_, index) => setTimeout(() => state.set({ phase: 'creating', progress: progressAt(index) }), index * 180));
        setTimeout(() => state.set(READY), STEPS.length * 180);
      }),
      delete: os.cluster.delete.handler(() => state.set({ phase: 'none', progress: [] })),
    },
    live: {
      objects: os.live.objects.handler(({ signal }) => cluster.batches(signal)),
      yaml: os.live.yaml.handler(({ input }) => `apiVersion: ${input.apiVersion}\nkind: ${input.kind}\nmetadata:\n  name: ${input.name}\n  namespace: ${input.namespace ?? ''}\n  labels:\n    app: web\nspec: {}\n`),
      apply: os.live.apply.handler(({ input }) => {
        const lines = input.yaml.split('\n');
        const wrong = lines.findIndex((line) => /targetport|prot:/.test(line));
        if (wrong >= 0)
          return { applied: [], problems: [{ message: 'strict decoding error: unknown field "spec.ports[0].targetport"', line: wrong + 1, column: 1, severity: 'error' as const }] };
        const app = /app: (\S+)/.exec(input.yaml)?.[1] ?? 'web';
        if (!input.dryRun) {
          cluster.applyService(app);
          setTimeout(() => lookAgain('selector'), 120);
        }
        return { applied: [{ ref: { apiVersion: 'v1', kind: 'Service', namespace: input.namespace, name: 'web' }, action: 'configured' as const }], problems: [] };
      }),
      delete: os.live.delete.handler(({ input }) => cluster.remove(input.name)),
      logs: os.live.logs.handler(async function* () {
        yield { lines: Array.from({ length: 60 }, (_, n) => `10.244.1.3 - - [21/Nov/2026:09:${String(n).padStart(2, '0')}:00 +0000] "GET / HTTP/1.1" 200 34 "-" "curl/8.14.1"`) };
        await new Promise(() => undefined);
      }),
      trace: os.live.trace.handler(() => {
        const pod = cluster.readyPods[0];
        const ok = pod !== undefined;
        const say = (en: string, ko: string): { en: string; ko: string } => ({ en, ko });
        return {
          at: Date.now(),
          hops: [
            { hop: 'client', state: 'ok', label: 'client', text: say('curl started in the client pod.', '클라이언트 파드에서 curl을 시작했습니다.') },
            { hop: 'dns', state: 'ok', label: '10.96.41.7', text: say('web resolves to 10.96.41.7.', 'web의 주소는 10.96.41.7입니다.') },
            { hop: 'service', state: 'ok', label: 'web', text: say('The Service accepts port 80.', 'Service가 포트 80을 받습니다.') },
            { hop: 'endpoints', state: ok ? 'ok' : 'broken', label: 'web-7xk2p', text: ok ? say('Two addresses are ready.', '주소 둘이 준비되었습니다.') : say('connection refused: the Service has no endpoints.', '연결 거부: Service에 엔드포인트가 없습니다.') },
            { hop: 'pod', state: ok ? 'ok' : 'not-reached', label: pod?.name ?? '', text: ok ? say(`${pod.name} answered 200 in 2 ms.`, `${pod.name}이(가) 2 ms 만에 200으로 답했습니다.`) : say('Not reached.', '닿지 못했습니다.') },
          ],
        };
      }),
    },
    labs: {
      list: os.labs.list.handler(() => FAKE_SUMMARIES),
      content: os.labs.content.handler(({ input, errors }) => {
        if (input.labId !== FAKE_LAB.id)
          throw errors.PROBLEM({ data: { code: 'lab-unknown', message: { en: `There is no lab “${input.labId}”.`, ko: `“${input.labId}” 실습이 없습니다.` }, fix: { en: 'Go back to the list.', ko: '목록으로 돌아가세요.' } } });
        return FAKE_LAB;
      }),
      session: os.labs.session.handler(({ signal }) => session.follow(signal)),
      start: os.labs.start.handler(() => undefined),
      goTo: os.labs.goTo.handler(({ input }) => {
        changeStep(input.stepId, (step) => ({ ...step, state: step.state === 'locked' ? 'open' : step.state }));
        session.set({ ...session.value, currentStep: input.stepId });
      }),
      check: os.labs.check.handler(({ input }) => {
        lookAgain(input.stepId);
        const ok = cluster.readyPods.length > 0;
        judge(input.stepId, 'answers', ok ? { ...endpointsVerdict(['10.244.1.5']) } : { outcome: 'error', evidence: [], why: { en: 'The client pod did not answer in 5 s.', ko: '클라이언트 파드가 5초 안에 답하지 않았습니다.' }, checkedAt: Date.now(), durationMs: 5003 });
      }),
      answer: os.labs.answer.handler(({ input }) => judge(input.stepId, input.checkId, { outcome: input.value === 'labels' ? 'pass' : 'fail', evidence: [], checkedAt: Date.now() })),
      hint: os.labs.hint.handler(({ input }) => changeStep(input.stepId, (step) => ({ ...step, hints: [...step.hints, { en: 'Compare `spec.selector` with the labels, **letter by letter**.', ko: '`spec.selector`와 레이블을 **한 글자씩** 견주어 보세요.' }] }))),
      solution: os.labs.solution.handler(({ input }) => {
        changeStep(input.stepId, (step) => ({ ...step, assisted: true }));
        return { explanation: { en: 'The selector said `wbe`. It has to say what the pods say.', ko: '셀렉터가 `wbe`였습니다. 파드의 레이블과 같아야 합니다.' }, files: [{ name: 'service.yaml', yaml: (FAKE_LAB.steps[1]?.starters[0]?.yaml ?? '').replace('wbe', 'web') }] };
      }),
      solve: os.labs.solve.handler(({ input }) => {
        cluster.applyService('web');
        lookAgain(input.stepId);
      }),
      reset: os.labs.reset.handler(({ input }) => {
        cluster.applyService('wbe');
        lookAgain(input.stepId);
      }),
    },
    terminals: {
      list: os.terminals.list.handler(({ signal }) => terminals.follow(signal)),
      open: os.terminals.open.handler(({ input }) => {
        const info: TerminalInfo = { id: `t${terminals.value.length + 1}`, namespace: input.namespace, pod: input.pod, container: input.container ?? 'main', state: 'open' };
        terminals.set([...terminals.value, info]);
        return info;
      }),
      attach: os.terminals.attach.handler(async function* ({ signal }) {
        yield { type: 'data' as const, bytes: prompt };
        let first = true;
        for await (const bytes of output.follow(signal)) {
          if (!first) yield { type: 'data' as const, bytes };
          first = false;
        }
      }),
      write: os.terminals.write.handler(({ input }) => {
        const text = new TextDecoder().decode(input.bytes);
        const ok = cluster.readyPods.length > 0;
        output.set(encoder.encode(text.endsWith('\r') ? `${text.trim()}\r\n${ok ? 'hello from web-5d4f8c7b9-x2k4q' : 'curl: (7) Failed to connect to web port 80: Connection refused'}\r\n${new TextDecoder().decode(prompt)}` : text));
      }),
      resize: os.terminals.resize.handler(() => undefined),
      acknowledge: os.terminals.acknowledge.handler(() => undefined),
      reconnect: os.terminals.reconnect.handler(() => undefined),
      close: os.terminals.close.handler(({ input }) => terminals.set(terminals.value.filter((one) => one.id !== input.id))),
    },
  });
  return { main: createRouterClient(router), state: ref('open'), whenOpen: () => Promise.resolve(), retryNow: () => undefined };
}
