import { afterAll, beforeAll, expect, test } from 'vitest';
import { labCheckSpecSchema } from '#shared/lab-checks.ts';
import { systemClock } from '#main/kube/time.ts';
import { openStage, webServers, type CheckStage } from '../checks/testing/check-stage.ts';
import { runCheck } from '../checks/run.ts';
import type { Step } from './lab.ts';
import type { StepProgress } from './progress.ts';
import { miniLab } from './testing/mini-lab.ts';
import { TransitionWatch } from './transition-watch.ts';

const NS = 'check-kinds-transition';
let stage: CheckStage;

const WEB = `${webServers('Deployment', 2)}
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`;

beforeAll(async () => {
  stage = await openStage(NS);
  await stage.apply(WEB);
  await stage.ready({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: NS, name: 'web' });
}, 120_000);

afterAll(() => stage.end(), 120_000);

test(
  'endpoints that left and came back, and a rollout that always served',
  { timeout: 120_000 },
  async () => {
    const { kube } = stage.context;
    const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: NS, name: 'web' };
    const endpoints = `${NS}/web`;
    const checks = [
      {
        id: 'left',
        sequence: [{ min: 2 }, { max: 1 }, { min: 2 }].map((ready) => ({ endpoints, ready })),
      },
      {
        id: 'rolled',
        sequence: [{ endpoints, ready: { min: 2 } }, { rollout: `${NS}/web` }],
        throughout: [{ endpoints, ready: { min: 1 } }],
      },
    ].map((check) => labCheckSpecSchema.parse({ kind: 'transition', points: 1, deadline: 60, ...check }));
    const [one] = miniLab().steps;
    if (one === undefined) throw new Error('a step');
    const step: Step = { ...one, spec: { ...one.spec, checks } };
    const progress = { transitions: {} } as StepProgress;
    using _watch = new TransitionWatch(step, progress, kube, systemClock, () => undefined);
    const verdict = (id: string) => {
      const check = checks.find((each) => each.id === id);
      if (check === undefined) throw new Error(id);
      const context = { ...stage.context, transition: () => progress.transitions?.[id] };
      return runCheck(check, context, { wait: true });
    };
    const scale = (replicas: number) => kube.patch(web, { spec: { replicas } });

    await stage.ready(web);
    await scale(1);
    await stage.ready(web);
    expect(
      await stage.run({
        kind: 'endpoints',
        service: { namespace: NS, name: 'web' },
        pods: { app: 'web' },
        count: 1,
        deadline: 30,
      }),
    ).toMatchObject({ outcome: 'pass' });
    await scale(2);
    expect(await verdict('left')).toMatchObject({ outcome: 'pass' });
    await stage.ready(web);
    await kube.patch(web, { spec: { template: { metadata: { annotations: { turn: '2' } } } } });
    expect(await verdict('rolled')).toMatchObject({ outcome: 'pass' });
  },
);
