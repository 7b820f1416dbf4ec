import type { Problem } from '../../src-shared/app-error.ts';
import type { ClusterState, Leftover, ProgressStep, ProviderInfo } from '../../src-shared/cluster.ts';

/** Clusters as main tells of them, for tests of what the page makes of it. */

export const PROVIDERS: ProviderInfo[] = [
  {
    id: 'emulated',
    name: { en: 'Built-in cluster', ko: '내장 클러스터' },
    description: {
      en: 'Starts in a second or two, with nothing to install. Your own kubectl works with it.',
      ko: '설치할 것 없이 1~2초 만에 시작됩니다. 사용하던 kubectl이 그대로 동작합니다.',
    },
    origin: 'made',
    recommended: true,
  },
  {
    id: 'kind',
    name: { en: 'kind', ko: 'kind' },
    description: {
      en: 'Real Kubernetes in containers on this machine: a control plane and two workers. Takes a minute or two.',
      ko: '이 컴퓨터의 컨테이너에서 실행하는 실제 Kubernetes입니다. 컨트롤 플레인 하나와 워커 둘로 구성되며 1~2분 걸립니다.',
    },
    origin: 'made',
    recommended: false,
  },
  {
    id: 'k3d',
    name: { en: 'k3d', ko: 'k3d' },
    description: {
      en: 'k3s, a small Kubernetes, in containers on this machine: a server and two agents.',
      ko: '작은 Kubernetes인 k3s를 이 컴퓨터의 컨테이너에서 실행합니다. 서버 하나와 에이전트 둘로 구성됩니다.',
    },
    origin: 'made',
    recommended: false,
  },
  {
    id: 'existing',
    name: { en: 'A cluster you have', ko: '이미 있는 클러스터' },
    description: {
      en: 'Uses the cluster of a kubeconfig file. Labs make and delete namespaces of their own in it.',
      ko: 'kubeconfig 파일이 가리키는 클러스터를 사용합니다. 실습은 그 안에 전용 네임스페이스를 만들고 지웁니다.',
    },
    origin: 'given',
    recommended: false,
  },
];

const STEPS: readonly ProgressStep[] = [
  {
    id: 'images',
    text: { en: 'Fetching the images that are missing', ko: '없는 이미지 받기' },
    state: 'pending',
  },
  {
    id: 'containers',
    text: { en: 'Starting the nodes', ko: '노드 시작' },
    state: 'pending',
    estimateMs: 8000,
  },
  {
    id: 'control-plane',
    text: { en: 'Starting the control plane', ko: '컨트롤 플레인 시작' },
    state: 'pending',
    estimateMs: 20_000,
  },
  {
    id: 'workers',
    text: { en: 'Joining the workers', ko: '워커 참여' },
    state: 'pending',
    estimateMs: 15_000,
  },
  {
    id: 'ready',
    text: { en: 'Waiting for nodes and DNS', ko: '노드와 DNS 준비 대기' },
    state: 'pending',
    estimateMs: 20_000,
  },
];

/**
 * Steps of a making that has come to the one named: those before it done in `doneMs` each, it running for so long.
 */
export function stepsAt(
  id: string,
  runningMs: number,
  change: Partial<ProgressStep> = {},
  estimates = true,
): ProgressStep[] {
  const at = STEPS.findIndex((step) => step.id === id);
  const doneMs = 6000;
  const startedAt = Date.now() - runningMs;
  return STEPS.map(({ estimateMs, ...step }, index) => {
    const own = { ...step, ...(estimates && estimateMs !== undefined && { estimateMs }) };
    if (index > at) return own;
    if (index === at) return { ...own, state: 'running', startedAt, ...change };
    const finishedAt = startedAt - (at - index - 1) * doneMs;
    return { ...own, state: 'done', startedAt: finishedAt - doneMs, finishedAt };
  });
}

export function creating(progress: ProgressStep[]): ClusterState {
  return { phase: 'creating', provider: 'kind', name: 'switchyard', progress };
}

/** A note inside a step, as main gives it while images are fetched. */
export const PULL_NOTE = { en: 'kindest/node:v1.34.11 · 4 of 9', ko: 'kindest/node:v1.34.11 · 9개 중 4개' };

/** A failure with the words of the program that failed, some of them meant to deceive. */
export const PORT_FAILURE: Problem = {
  code: 'port-taken',
  message: {
    en: 'Port 127.0.0.1:8080 is taken by another program.',
    ko: '포트 127.0.0.1:8080을(를) 다른 프로그램이 쓰고 있습니다.',
  },
  fix: {
    en: 'Try again: Switchyard looks for free ports each time.',
    ko: '다시 시도하세요. Switchyard는 매번 비어 있는 포트를 찾습니다.',
  },
  commands: ['ss -ltnp sport = :8080'],
  log: {
    file: '/home/learner/.local/share/switchyard/logs/kind-switchyard.log',
    lines: [
      '$ kind create cluster --name switchyard --config kind.yaml',
      'Creating cluster "switchyard" ...',
      ' • Ensuring node image (kindest/node:v1.34.11) 🖼  ...',
      ' ✓ Ensuring node image (kindest/node:v1.34.11) 🖼',
      ' • Preparing nodes 📦 📦 📦  ...',
      ' ✗ Preparing nodes 📦 📦 📦',
      'Deleted nodes: ["switchyard-control-plane" "switchyard-worker" "switchyard-worker2"]',
      'ERROR: failed to create cluster: command "docker run --name switchyard-control-plane --hostname switchyard-control-plane --label io.x-k8s.kind.role=control-plane --privileged" failed with error: exit status 125',
      'Command Output: docker: Error response from daemon: driver failed programming external connectivity on endpoint switchyard-control-plane: Bind for 127.0.0.1:8080 failed: port is already allocated.',
      '<img src=x onerror="document.title=\'deceived\'"> \u202egnp.exe',
    ],
    matters: 8,
  },
};

export function failed(problem: Problem): ClusterState {
  const at = Date.now();
  const progress = stepsAt('containers', 9000, { state: 'failed', finishedAt: at });
  return { phase: 'failed', provider: 'kind', name: 'switchyard', progress, problem };
}

export const LEFTOVER: Leftover = {
  provider: 'kind',
  name: 'switchyard',
  text: {
    en: 'The making of the cluster "switchyard" was interrupted (7/29/2026, 9:14 AM). What there is of it takes memory and disk.',
    ko: '"switchyard" 클러스터를 만드는 작업이 중단되었습니다(2026. 7. 29. 오전 9:14). 남은 부분이 메모리와 디스크를 차지합니다.',
  },
};

export const ENGINE_PROBLEM: Problem = {
  code: 'engine-stopped',
  message: {
    en: 'The container engine (docker) is not running, and the cluster lives in it.',
    ko: '클러스터가 실행되는 컨테이너 엔진(docker)이 실행 중이 아닙니다.',
  },
  fix: {
    en: 'Start Docker. Switchyard goes on by itself when it is back.',
    ko: 'Docker를 시작하세요. 다시 실행되면 Switchyard가 이어서 진행합니다.',
  },
  commands: ['sudo systemctl start docker'],
};

export const GONE: ClusterState = {
  phase: 'gone',
  provider: 'kind',
  progress: [],
  problem: {
    code: 'cluster-gone',
    message: {
      en: 'The cluster "switchyard" was deleted outside Switchyard.',
      ko: '"switchyard" 클러스터가 Switchyard 밖에서 삭제되었습니다.',
    },
    fix: {
      en: 'Make it again: your progress is kept, and each lab builds again what its steps had built.',
      ko: '다시 만드세요. 진행 상황은 보존되며, 각 실습은 앞 단계에서 만든 것을 다시 만듭니다.',
    },
  },
};

const WITHOUT_INGRESS = {
  en: 'The controller did not become ready within 120 seconds.',
  ko: '컨트롤러가 120초 안에 준비되지 않았습니다.',
};

/** A kind cluster that is ready, with addresses on this machine. */
export const READY: ClusterState = {
  phase: 'ready',
  provider: 'kind',
  name: 'switchyard',
  progress: [],
  server: { url: 'https://127.0.0.1:43119', version: 'v1.34.11', nodes: 3 },
  capabilities: { nodes: 2, has: ['loadBalancer', 'ingress', 'hostPorts', 'realSourceIp'], missing: {} },
  reach: {
    ingress: { http: 'http://127.0.0.1:8080', https: 'https://127.0.0.1:8443' },
    nodePorts: [
      { node: 'switchyard-worker', firstNodePort: 30070, count: 16, firstHostPort: 30070 },
      { node: 'switchyard-worker2', firstNodePort: 30070, count: 16, firstHostPort: 31070 },
    ],
  },
  kubeconfigPath: '/home/learner/.local/share/switchyard/kind/switchyard/kubeconfig',
  kubectlLine: 'export KUBECONFIG="/home/learner/.local/share/switchyard/kind/switchyard/kubeconfig"',
};

/** A cluster of somebody else's, shared by learners. */
export const SHARED: ClusterState = {
  phase: 'ready',
  provider: 'existing',
  name: 'workshop',
  progress: [],
  server: { url: 'https://10.0.0.5:6443', version: 'v1.35.8', nodes: 12 },
  capabilities: { nodes: 9, has: ['loadBalancer'], missing: { ingress: WITHOUT_INGRESS } },
  reach: { nodePorts: [] },
  learner: 'alice',
  kubeconfigPath: '/data/existing/workshop/kubeconfig',
  kubectlLine: 'export KUBECONFIG="/data/existing/workshop/kubeconfig"',
};
