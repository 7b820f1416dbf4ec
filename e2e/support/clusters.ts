import type {
  ClusterState,
  KubeContext,
  Leftover,
  PreflightItem,
  PreflightReport,
  ProgressStep,
  ProviderId,
  ProviderInfo,
  SourceReport,
} from '../../src-shared/cluster.ts';
import type { Problem } from '../../src-shared/app-error.ts';

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

const ENGINE_STOPPED: PreflightItem = {
  id: 'engine',
  title: { en: 'Container engine', ko: '컨테이너 엔진' },
  state: 'blocked',
  seen: {
    en: 'docker 29.1 is installed, and its daemon does not answer.',
    ko: 'docker 29.1이 설치되어 있지만 데몬이 응답하지 않습니다.',
  },
  why: {
    en: 'Every node of the cluster is a container of this engine.',
    ko: '클러스터의 모든 노드는 이 엔진의 컨테이너입니다.',
  },
  fix: { en: 'Start docker, then look again.', ko: 'docker를 시작한 다음 다시 확인하세요.' },
  commands: ['sudo systemctl start docker'],
  mends: [],
};

const LEFT_OVER: PreflightItem = {
  id: 'leftovers',
  title: { en: 'Left-over clusters', ko: '남은 클러스터' },
  state: 'blocked',
  seen: {
    en: 'Three containers of an interrupted attempt are there: switchyard-control-plane and two workers.',
    ko: '중단된 작업의 컨테이너 세 개가 있습니다: switchyard-control-plane과 워커 둘.',
  },
  why: {
    en: 'A second cluster cannot have the same name.',
    ko: '같은 이름으로 클러스터를 하나 더 만들 수 없습니다.',
  },
  fix: { en: 'Delete what is left of it.', ko: '남은 것을 삭제하세요.' },
  commands: [],
  mends: [
    {
      id: 'delete',
      label: { en: 'Delete the left-over cluster', ko: '남은 클러스터 삭제' },
      confirm: {
        en: 'The containers switchyard-control-plane, switchyard-worker and switchyard-worker2 are deleted.',
        ko: 'switchyard-control-plane, switchyard-worker, switchyard-worker2 컨테이너를 삭제합니다.',
      },
    },
  ],
};

const PORT_TAKEN: PreflightItem = {
  id: 'ports',
  title: { en: 'Free ports', ko: '비어 있는 포트' },
  state: 'warning',
  seen: { en: 'Port 8080 is taken.', ko: '포트 8080을 다른 프로그램이 쓰고 있습니다.' },
  why: {
    en: 'Ingress is reached at this port of this machine.',
    ko: 'Ingress는 이 컴퓨터의 이 포트로 접속합니다.',
  },
  fix: {
    en: 'Use another port, or end what listens there.',
    ko: '다른 포트를 쓰거나 해당 프로그램을 종료하세요.',
  },
  commands: ['ss -ltnp sport = :8080'],
  mends: [{ id: 'other', label: { en: 'Use port 8090', ko: '포트 8090 사용' } }],
};

const PROXY_UNKNOWN: PreflightItem = {
  id: 'proxy',
  title: { en: 'Proxy and VPN', ko: '프록시와 VPN' },
  state: 'unknown',
  seen: {
    en: 'It could not be looked at: the engine says nothing of its proxy.',
    ko: '확인하지 못했습니다: 엔진이 프록시 설정을 알려 주지 않습니다.',
  },
  why: { en: 'Images are fetched by way of it.', ko: '이미지를 받을 때 이 경로를 지납니다.' },
  fix: {
    en: 'Go on; if making a cluster fails, this may be why.',
    ko: '계속 진행하세요. 클러스터 생성에 실패한다면 이것이 원인일 수 있습니다.',
  },
  commands: [],
  mends: [],
};

const FINE: PreflightItem[] = [
  {
    id: 'memory',
    title: { en: 'Memory', ko: '메모리' },
    state: 'ok',
    seen: { en: '7.6 GiB for the engine; 4 are needed.', ko: '엔진에 7.6 GiB, 필요한 양은 4 GiB입니다.' },
    why: { en: 'Three nodes need about 3 GiB.', ko: '노드 세 개에 약 3 GiB가 필요합니다.' },
    commands: [],
    mends: [],
  },
  {
    id: 'inotify',
    title: { en: 'inotify limits', ko: 'inotify 한도' },
    state: 'ok',
    seen: {
      en: 'max_user_watches is 524288, max_user_instances is 512.',
      ko: 'max_user_watches는 524288, max_user_instances는 512입니다.',
    },
    why: { en: 'Every node watches thousands of files.', ko: '노드마다 수천 개의 파일을 감시합니다.' },
    commands: [],
    mends: [],
  },
];

function report(
  provider: ProviderId,
  items: PreflightItem[],
  more: { offlineReady?: boolean; estimateMs?: number } = {},
): PreflightReport {
  return {
    provider,
    usable: items.every(({ state }) => state !== 'blocked'),
    offlineReady: true,
    items,
    at: Date.now(),
    durationMs: 312.4,
    ...more,
  };
}

/** What can be said of this machine. */
export const REPORTS = {
  blocked: report('kind', [...FINE, PORT_TAKEN, PROXY_UNKNOWN, ENGINE_STOPPED, LEFT_OVER], {
    offlineReady: false,
  }),
  noted: report('kind', [...FINE, PORT_TAKEN], { offlineReady: false }),
  ready: report('kind', FINE, { estimateMs: 72_400 }),
  k3d: report('k3d', FINE, { offlineReady: false }),
  nothing: report('existing', []),
};

/** The usual answers: kind as a test wants it, k3d fit, and nothing to look at for a cluster that exists. */
export function reportsWith(kind: PreflightReport): (provider: ProviderId) => Promise<PreflightReport> {
  return (provider) =>
    Promise.resolve(provider === 'kind' ? kind : provider === 'k3d' ? REPORTS.k3d : REPORTS.nothing);
}

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

export const CONTEXTS: KubeContext[] = [
  {
    file: '/home/learner/.kube/config',
    context: 'workshop',
    cluster: 'workshop',
    server: 'https://k8s.workshop.example.com:6443',
    user: 'alice',
    namespace: 'alice-shop',
    current: true,
  },
  {
    file: '/home/learner/.kube/config',
    context: 'kind-scratch',
    cluster: 'kind-scratch',
    server: 'https://127.0.0.1:38211',
    user: 'kind-scratch',
    current: false,
  },
  {
    file: '/home/learner/.kube/config',
    context: 'arn:aws:eks:ap-northeast-2:123456789012:cluster/production-with-a-rather-long-name',
    cluster: 'production',
    server: 'https://0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-2.eks.example.com',
    user: 'arn:aws:eks:ap-northeast-2:123456789012:cluster/production-with-a-rather-long-name',
    current: false,
  },
];

/** What was found of the first context. */
export const SOURCE: SourceReport = {
  source: { file: '/home/learner/.kube/config', context: 'workshop' },
  server: 'https://k8s.workshop.example.com:6443',
  version: 'v1.35.8',
  capabilities: {
    nodes: 9,
    has: ['loadBalancer', 'realSourceIp'],
    missing: {
      ingress: { en: 'There is no IngressClass.', ko: 'IngressClass가 없습니다.' },
      hostPorts: {
        en: 'Nothing is known of ports of this machine that lead to its nodes.',
        ko: '이 컴퓨터의 포트가 노드로 이어지는지 알 수 없습니다.',
      },
    },
  },
  learner: 'alice',
  namespaces: [
    { name: 'alice-shop', labs: ['cluster-ip'], state: 'prepared' },
    { name: 'alice-stock', labs: ['cluster-ip'], state: 'ours' },
    { name: 'alice-edge', labs: ['ingress'], state: 'to-make' },
    { name: 'alice-lost', labs: ['source-ip'], state: 'taken' },
  ],
  missing: ['create pods/exec in alice-shop', 'watch endpointslices.discovery.k8s.io in alice-shop'],
  problems: [],
  usable: true,
};

export const INSPECT_DEADLINE: Problem = {
  code: 'cluster-silent',
  message: {
    en: 'https://k8s.workshop.example.com:6443 did not answer within 10 seconds.',
    ko: 'https://k8s.workshop.example.com:6443이 10초 안에 응답하지 않았습니다.',
  },
  fix: {
    en: 'See whether you need a VPN for it, then try again.',
    ko: 'VPN이 필요한 클러스터인지 확인한 다음 다시 시도하세요.',
  },
  detail: 'connect ETIMEDOUT 203.0.113.7:6443',
};

export const FILE_MISSING: Problem = {
  code: 'kubeconfig-missing',
  message: { en: '/nowhere/config does not exist.', ko: '/nowhere/config 파일이 없습니다.' },
  fix: { en: 'Give the path of a kubeconfig file.', ko: 'kubeconfig 파일의 경로를 지정하세요.' },
};
