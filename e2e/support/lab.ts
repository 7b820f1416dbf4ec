import type { LabContent, LabSession, LabSummary } from '../../src-shared/lab-view.ts';
import type { EndpointSliceView, ObjectView, ServiceView } from '../../src-shared/live.ts';

/** A lab of one step, and the objects that are on its track. */

export function labNamed(id: string, title: string, unmet: LabSummary['unmet'] = []): LabSummary {
  return {
    id,
    version: 1,
    title: { en: title, ko: title },
    summary: { en: 'A lab of this test.', ko: '이 테스트의 실습입니다.' },
    difficulty: 'beginner',
    durationMinutes: 10,
    tags: [],
    steps: 1,
    unmet,
    progress: { started: false, finishedSteps: 0, earnedPoints: 0, totalPoints: 0 },
  };
}

export const CONTENT: LabContent = {
  id: 'node-port',
  title: { en: 'From outside', ko: '밖에서' },
  objectives: { en: 'Reach a Service.', ko: 'Service에 접속합니다.' },
  debrief: { en: 'Done.', ko: '끝.' },
  namespaces: ['shop'],
  client: 'shop/client',
  focus: 'shop/web',
  steps: [
    {
      id: 'reach',
      title: { en: 'Reach it', ko: '접속하기' },
      prose: { en: 'Open it in your browser.', ko: '브라우저에서 열어 보세요.' },
      setup: [],
      starters: [],
      hints: 0,
      checks: [],
    },
  ],
};

export const SESSION: LabSession = {
  labId: 'node-port',
  started: true,
  currentStep: 'reach',
  steps: [{ id: 'reach', state: 'open', hints: [], assisted: false, checks: [] }],
  earnedPoints: 0,
  totalPoints: 0,
};

const base = { namespace: 'shop', createdAt: 0 };

function pod(name: string, node: string, ip: string, app: string): ObjectView {
  return {
    kind: 'Pod',
    ...base,
    uid: `pod-${name}`,
    name,
    labels: { app },
    status: 'Running',
    phase: 'Running',
    ready: true,
    readyContainers: 1,
    containers: [{ name: app, image: 'agnhost', ready: true, running: true }],
    ports: [{ port: 8080, protocol: 'TCP' }],
    restarts: 0,
    ip,
    node,
    terminating: false,
  };
}

export const SERVICE: ServiceView = {
  kind: 'Service',
  ...base,
  uid: 'service-web',
  name: 'web',
  type: 'NodePort',
  clusterIP: '10.96.4.2',
  externalAddresses: [],
  externalTrafficPolicy: 'Cluster',
  selector: { app: 'web' },
  ports: [{ protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 }],
};

const SLICE: EndpointSliceView = {
  kind: 'EndpointSlice',
  ...base,
  uid: 'slice-web',
  name: 'web-x7k2p',
  service: 'web',
  ports: [{ port: 8080, protocol: 'TCP' }],
  endpoints: [
    {
      address: '10.244.2.4',
      ready: true,
      serving: true,
      terminating: false,
      node: 'switchyard-worker2',
      pod: 'web-1',
    },
  ],
};

/** A client, a Service and the one pod behind it, on the second worker. */
export function objectsWith(service: ServiceView): ObjectView[] {
  return [
    pod('client', 'switchyard-worker', '10.244.1.3', 'client'),
    pod('web-1', 'switchyard-worker2', '10.244.2.4', 'web'),
    service,
    SLICE,
  ];
}
