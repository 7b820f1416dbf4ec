import type { PreflightItem, PreflightReport, ProviderId } from '../../src-shared/cluster.ts';

/** What can be found on a machine before a cluster is made. */

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
