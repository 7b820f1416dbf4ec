import type { LabContent, LabSummary } from '#shared/lab-view.ts';
import type { Verdict } from '#shared/verdict.ts';

const STARTER = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: lab-cluster-ip
spec:
  # Which pods does this Service send to?
  selector:
    app: wbe
  ports:
    - name: http
      port: 80
      targetPort: 8080
`;

const prose = {
  en: 'Every pod has an address, and every replacement gets a **new** one. A Service is an address that stays.\n\nThe Service `web` exists, but its line leads nowhere. Ask for it from the client pod:\n\n```sh run\ncurl -s --max-time 2 http://web\n```\n\nThen compare what it selects with what the pods carry:\n\n- the selector of the Service, under `spec.selector`\n- the labels of the pods: `kubectl get pods --show-labels`\n\nCorrect the manifest and apply it:\n\n```yaml\nspec:\n  selector:\n    app: web\n```\n',
  ko: '파드마다 주소가 있고, 새로 만들어진 파드는 **새** 주소를 받습니다. Service는 바뀌지 않는 주소입니다.\n\nService `web`이 있지만 선로가 어디로도 이어지지 않습니다. 클라이언트 파드에서 요청해 보세요.\n\n```sh run\ncurl -s --max-time 2 http://web\n```\n\n그런 다음 Service가 고르는 것과 파드가 가진 것을 견주어 보세요.\n\n- Service의 셀렉터: `spec.selector`\n- 파드의 레이블: `kubectl get pods --show-labels`\n\n매니페스트를 고치고 적용하세요.\n\n```yaml\nspec:\n  selector:\n    app: web\n```\n',
};

export const FAKE_LAB: LabContent = {
  id: 'cluster-ip',
  title: { en: 'An address that stays', ko: '바뀌지 않는 주소' },
  objectives: {
    en: '- Say why clients do not use pod addresses\n- Connect a Service to its pods by labels\n- Read EndpointSlices',
    ko: '- 클라이언트가 파드 주소를 쓰지 않는 이유를 설명하기\n- 레이블로 Service와 파드를 잇기\n- EndpointSlice 읽기',
  },
  debrief: {
    en: 'You made a Service lead to its pods. The selector decides, the EndpointSlice records, the proxy forwards.',
    ko: 'Service를 파드로 이었습니다. 셀렉터가 정하고, EndpointSlice가 기록하고, 프록시가 전달합니다.',
  },
  namespaces: ['lab-cluster-ip'],
  client: 'lab-cluster-ip/client',
  focus: 'lab-cluster-ip/web',
  steps: ['addresses', 'selector', 'ports', 'name'].map((id, index) => ({
    id,
    title: [
      { en: 'Two pods, two addresses', ko: '두 파드, 두 주소' },
      { en: 'A Service that leads to its pods', ko: '파드로 이어지는 Service' },
      { en: 'port and targetPort', ko: 'port와 targetPort' },
      { en: 'The name in DNS', ko: 'DNS의 이름' },
    ][index] ?? { en: id, ko: id },
    prose,
    setup: [{ name: 'web.yaml', yaml: STARTER.replace('Service', 'Deployment') }],
    starters: [{ name: 'service.yaml', yaml: STARTER }],
    hints: 3,
    checks: [
      { id: 'endpoints-are-pods', kind: 'endpoints', points: 2, trigger: 'watch', title: { en: 'The Service leads to the web pods', ko: 'Service가 web 파드로 이어진다' } },
      { id: 'answers', kind: 'http', points: 2, trigger: 'manual', title: { en: 'http://web answers the client', ko: 'http://web이 클라이언트에 응답한다' } },
      {
        id: 'why', kind: 'answer', points: 1, trigger: 'manual', title: { en: 'Who decides which pods belong', ko: '어떤 파드가 속하는지 정하는 것' },
        question: { en: 'What decides which pods a Service sends to?', ko: 'Service가 어느 파드로 보낼지 정하는 것은 무엇인가요?' },
        choices: [
          { id: 'name', text: { en: 'The name of the Deployment', ko: '디플로이먼트의 이름' } },
          { id: 'labels', text: { en: 'The labels of the pods', ko: '파드의 레이블' } },
        ],
      },
    ],
  })),
};

export const FAKE_SUMMARIES: LabSummary[] = [
  {
    id: 'cluster-ip', version: 1, title: FAKE_LAB.title, difficulty: 'beginner', durationMinutes: 20, tags: ['service'], steps: 4,
    summary: { en: 'Pods come and go, and their addresses with them. Put a Service in front and see who finds it.', ko: '파드는 오가고 주소도 함께 바뀝니다. 앞에 Service를 두고 누가 찾아오는지 보세요.' },
    progress: { started: true, finishedSteps: 1, earnedPoints: 5, totalPoints: 20 },
  },
  {
    id: 'dns', version: 1, title: { en: 'Names and search domains', ko: '이름과 검색 도메인' }, difficulty: 'intermediate', durationMinutes: 30, tags: ['dns'], steps: 5,
    summary: { en: 'Why a short name works in one namespace and not in the next.', ko: '짧은 이름이 어떤 네임스페이스에서는 통하고 다른 곳에서는 통하지 않는 이유.' },
    progress: { started: false, finishedSteps: 0, earnedPoints: 0, totalPoints: 25 },
  },
];

/** What the watched check says while the selector is wrong, and once it is right. */
export function endpointsVerdict(addresses: readonly string[]): Verdict {
  const pass = addresses.length > 0;
  return {
    outcome: pass ? 'pass' : 'fail',
    expected: { en: 'The EndpointSlice of Service web lists the ready pods with app=web.', ko: 'Service web의 EndpointSlice에 app=web인 준비된 파드가 있어야 합니다.' },
    actual: pass
      ? { en: `It lists ${addresses.join(', ')}.`, ko: `${addresses.join(', ')}이(가) 있습니다.` }
      : { en: 'It lists no address at all.', ko: '주소가 하나도 없습니다.' },
    why: { en: 'A Service finds its pods by labels only. A selector that no label matches finds nothing, and nothing complains.', ko: 'Service는 레이블로만 파드를 찾습니다. 맞는 레이블이 없으면 아무것도 찾지 못하고, 아무 오류도 나지 않습니다.' },
    evidence: [
      {
        title: { en: 'Endpoint slices of the Service', ko: 'Service의 엔드포인트슬라이스' },
        command: 'kubectl get endpointslices -n lab-cluster-ip -l kubernetes.io/service-name=web',
        output: `NAME        ADDRESSTYPE   PORTS   ENDPOINTS     AGE\nweb-7xk2p   IPv4          8080    ${addresses.join(',') || '<unset>'}   3m10s`,
        at: Date.now(),
      },
    ],
    ...(pass ? {} : { brokenHop: 'endpoints' as const, finding: 'selector-matches-nothing' }),
    checkedAt: Date.now(),
    durationMs: 41,
  };
}
