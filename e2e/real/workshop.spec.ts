import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient, type KubeClient } from '../../src-main/kube/client.ts';
import { DEPLOYMENT, NAMESPACE, POD, type KubeObject, type Pod } from '../../src-main/kube/objects.ts';
import { loadLab } from '../../src-main/labs/library.ts';
import { eachOf } from '../../src-main/workshops/patience.ts';
import { expect, Installation, test } from '../app.ts';
import { onOthers, onPrepared } from './workshop-attempts.ts';
import { WorkshopLearner } from './workshop-learner.ts';

/**
 * Thirty learners on one cluster, which `SWITCHYARD_REAL_KUBECONFIG` names: prepared by the command line, each with
 * a lab open at the same time, none in the way of another, and taken back at the end.
 */

const KUBECONFIG = process.env['SWITCHYARD_REAL_KUBECONFIG'] ?? '';
const COUNT = 30;
const WORKSHOP = 'thirty';
/** As many as work in the same moment: a small machine is the clock of all of them. */
const AT_ONCE = 6;

const folder = mkdtempSync(join(tmpdir(), 'switchyard-workshop-'));
const installed = new Installation();
const learners: WorkshopLearner[] = [];
let facilitator: KubeClient;
/** A namespace of somebody who has no part in it, with a name that could be a learner's. */
const BYSTANDER = 'learner-99-shop';
let bystander: KubeObject;
/** Whether something enforces NetworkPolicies, as far as the command could see. */
let networkIsolated = false;

test.describe.configure({ mode: 'serial', timeout: 45 * 60_000 });

test.beforeAll(async () => {
  facilitator = createKubeClient(readFileSync(KUBECONFIG, 'utf8'), KUBECONFIG);
  bystander = await facilitator.create({ ...NAMESPACE, metadata: { name: BYSTANDER } });
});

test.afterAll(async () => {
  for (const learner of learners) await learner.close();
  await installed.cli('cluster', 'unprepare', ...target(), '--yes');
  await facilitator.delete({ ...NAMESPACE, name: BYSTANDER });
  await facilitator.close();
  installed.remove();
  rmSync(folder, { recursive: true });
});

test('thirty learners are prepared from a list', async () => {
  const list = join(folder, 'learners.csv');
  const ids = Array.from({ length: COUNT }, (_, index) => `learner-${String(index + 1).padStart(2, '0')}`);
  writeFileSync(list, ['id,name', ...ids.map((id) => `${id},Learner of ${id}`)].join('\n'));
  const place = ['--learners', list, '--out', folder, '--lab', 'cluster-ip', '--valid-for', '4h'];
  const began = performance.now();
  const { status, out, err } = await installed.cli(
    'cluster',
    'prepare',
    ...[...target(), ...place, '--yes', '--json'],
  );
  report(`${COUNT} learners prepared`, began);
  expect(status, err).toBe(0);
  const { learners: results, warnings } = JSON.parse(out) as {
    learners: { state: string; file: string }[];
    warnings: { code: string }[];
  };
  networkIsolated = !warnings.some(({ code }) => code === 'network-not-isolated');
  expect(results.map(({ state }) => state)).toEqual(ids.map(() => 'prepared'));
  for (const { file } of results) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  expect(await namespaces()).toHaveLength(COUNT * 2 + 1);

  const again = performance.now();
  const renewed = await installed.cli('cluster', 'prepare', ...target(), ...place, '--yes', '--json');
  report('prepared again', again);
  expect(JSON.parse(renewed.out)).toMatchObject({ learners: ids.map(() => ({ state: 'renewed' })) });
});

test('each of them has the lab open at the same time, and solves it', async () => {
  const { lab } = await loadLab(join(import.meta.dirname, '..', '..', 'labs', 'cluster-ip'));
  if (lab === undefined) throw new Error('the lab is not sound');
  const files = (
    JSON.parse(readFileSync(join(folder, 'learners.json'), 'utf8')) as {
      learners: { file: string }[];
    }
  ).learners;
  for (const { file } of files) learners.push(await WorkshopLearner.open(join(folder, file), lab));
  const began = performance.now();
  await all(({ runner }) => runner.start());
  report(`${COUNT} labs open`, began);
  for (const step of ['addresses', 'service', 'endpoints']) await solved(step);
  // A node takes 110 pods, and all thirty stay open: what a step is done with makes room for the next.
  await all(async (learner) => {
    const quarantined = { namespace: learner.in('shop'), labelSelector: 'app=quarantine' };
    for (const { metadata } of await learner.kube.list<Pod>(POD, quarantined))
      await learner.kube.delete({ ...POD, namespace: learner.in('shop'), name: metadata.name });
  });
});

test('the verdicts of each stand apart: who is wrong is wrong alone', async () => {
  const mina = learners[7];
  const wrong = mina?.lab.wrong.find(({ step }) => step === 'ports');
  if (mina === undefined || wrong === undefined) throw new Error('nobody can be wrong');
  await all(async (learner) => {
    await learner.runner.goTo('ports');
    if (learner === mina) await learner.runner.act('ports', wrong);
    else await learner.runner.solve('ports');
  });
  await all(({ runner }) => runner.check('ports'));
  expect(red('ports')).toEqual([mina.id]);
  expect(mina.notGreen('ports')).toContain(`${wrong.check}: fail`);

  await mina.runner.reset('ports');
  await mina.runner.solve('ports');
  expect(red('ports')).toEqual([]);

  // With their own Service away, nobody else misses theirs.
  expect(await mina.kubectl('delete', 'service', 'web', '-n', mina.in('shop'))).toMatchObject({ ok: true });
  await all(({ runner }) => runner.check('service'));
  expect(red('service')).toEqual([mina.id]);

  await podsOfLearners();
  await all((learner) =>
    learner.kube.delete({ ...DEPLOYMENT, namespace: learner.in('shop'), name: 'orders' }),
  );
  await solved('names');
  const states = learners.map(({ runner }) => runner.session().steps.map(({ state }) => state));
  expect(states).toEqual(learners.map(() => ['done', 'done', 'done', 'done', 'done']));
  await podsOfLearners();
});

test('none of them reads or harms what is not theirs', async () => {
  const answered = new Map<string, number>();
  await all(async (learner) => {
    const neighbour = learners[(learners.indexOf(learner) + 1) % learners.length];
    if (neighbour === undefined) return;
    for (const attempt of [...onOthers(neighbour.in('shop')), ...onPrepared(learner.id, WORKSHOP)]) {
      const status = await learner.try(attempt);
      if (status !== 403) answered.set(`${learner.id}: ${attempt.method} ${attempt.path}`, status);
    }
    // The same questions about what is theirs are answered.
    expect(await learner.try({ method: 'GET', path: `/api/v1/namespaces/${learner.in('shop')}` })).toBe(200);
    expect(await learner.try({ method: 'GET', path: `/api/v1/namespaces/${learner.in('shop')}/pods` })).toBe(
      200,
    );
  });
  expect(Object.fromEntries(answered)).toEqual({});
  await all(({ runner }) => runner.check('names'));
  expect(red('names')).toEqual([]);
});

test('kubectl tells a learner the same, in its words', async () => {
  const [alice, bob] = learners;
  if (alice === undefined || bob === undefined) throw new Error('there are no learners');
  const forbidden = [
    ['get', 'namespaces'],
    ['get', 'nodes'],
    ['get', 'pods', '--all-namespaces'],
    ['get', 'pods', '-n', bob.in('shop')],
    ['exec', '-n', bob.in('shop'), 'client', '--', 'true'],
    ['get', 'pods', '-n', alice.in('shop'), `--as=system:serviceaccount:switchyard-${WORKSHOP}:${bob.id}`],
    ['get', 'secrets', '-n', 'kube-system', '--as=system:admin', '--as-group=system:masters'],
    ['create', 'token', bob.id, '-n', `switchyard-${WORKSHOP}`],
    ['create', 'token', 'default', '-n', alice.in('shop')],
  ];
  for (const args of forbidden) {
    const { ok, words } = await alice.kubectl(...args);
    expect(ok, args.join(' ')).toBe(false);
    expect(words).toMatch(/forbidden/i);
  }
  for (const args of [
    ['get', 'pods,services,deployments,endpointslices,events'],
    ['exec', 'client', '--', '/agnhost', 'help'],
    ['logs', 'deployment/web'],
  ]) {
    const { ok, words } = await alice.kubectl('-n', alice.in('shop'), ...args);
    expect(ok, words).toBe(true);
  }
  // A pod that would have the node to itself is refused by Pod Security, one that pushes others aside by the quota.
  const pod = (spec: object): string[] => [
    ...['run', 'greedy', '-n', alice.in('shop'), '--image', 'registry.k8s.io/e2e-test-images/agnhost:2.53'],
    `--overrides=${JSON.stringify({ apiVersion: 'v1', spec })}`,
  ];
  expect((await alice.kubectl(...pod({ hostNetwork: true }))).words).toContain('violates PodSecurity');
  expect((await alice.kubectl(...pod({ priorityClassName: 'system-node-critical' }))).words).toContain(
    'exceeded quota',
  );
});

test('pods of one learner do not reach those of another', async () => {
  test.skip(!networkIsolated, 'NOTHING IN THIS CLUSTER IS KNOWN TO ENFORCE NETWORKPOLICIES');
  const [alice, bob] = learners;
  if (alice === undefined || bob === undefined) throw new Error('there are no learners');
  const dial = (host: string): string[] => ['/agnhost', 'connect', `${host}:80`, '--timeout=3s'];
  const from = (name: string) => alice.kube.exec(alice.in('shop'), 'client', dial(name));
  expect(await from(`stock.${alice.in('depot')}`)).toMatchObject({ exitCode: 0 });
  expect(await from(`stock.${bob.in('depot')}`)).toMatchObject({
    stderr: expect.stringContaining('TIMEOUT'),
  });
});

test('all of it is taken back, and nothing else', async () => {
  await all((learner) => learner.close());
  learners.length = 0;
  const began = performance.now();
  const { status, out, err } = await installed.cli('cluster', 'unprepare', ...target(), '--yes', '--json');
  report('taken back', began);
  expect(status, err).toBe(0);
  expect((JSON.parse(out) as { removed: object[] }).removed).toHaveLength(COUNT * 2 + 1);
  expect(await namespaces()).toEqual([]);
  const stays = await facilitator.get({ ...NAMESPACE, name: BYSTANDER });
  expect(stays?.metadata).toMatchObject({ uid: bystander.metadata.uid });
  expect(stays?.metadata.deletionTimestamp).toBeUndefined();
});

function target(): string[] {
  return ['--kubeconfig', KUBECONFIG, '--workshop', WORKSHOP];
}

/** Namespaces in the cluster that are the workshop's, by their name alone. */
async function namespaces(): Promise<string[]> {
  const names = (await facilitator.list(NAMESPACE)).map(({ metadata }) => metadata.name);
  return names.filter((name) => /^learner-|^switchyard-thirty$/.test(name) && name !== BYSTANDER);
}

/** Lets every learner do something, in waves. What fails for one fails the test, after all had their turn. */
async function all(work: (learner: WorkshopLearner) => Promise<unknown>): Promise<void> {
  const failures: string[] = [];
  await eachOf(learners, AT_ONCE, new AbortController().signal, async (learner) => {
    await work(learner).catch((error: unknown) => {
      failures.push(`${learner.id}: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  expect(failures).toEqual([]);
}

async function solved(step: string): Promise<void> {
  const began = performance.now();
  await all(async (learner) => {
    await learner.runner.goTo(step);
    await learner.runner.solve(step);
    // Thirty labs on a small machine: somebody's deadline ends while the pods of others start.
    for (let again = 0; again < 3 && learner.notGreen(step).length > 0; again++) {
      console.log(`${learner.id} checks ${step} again: ${learner.notGreen(step).join(', ')}`);
      await learner.runner.check(step);
    }
  });
  report(`${step} solved by ${COUNT}`, began);
  expect(
    learners.flatMap((learner) => learner.notGreen(step).map((check) => `${learner.id} ${check}`)),
  ).toEqual([]);
}

/** Learners who do not have everything of a step green. */
function red(step: string): string[] {
  return learners.filter((learner) => learner.notGreen(step).length > 0).map(({ id }) => id);
}

async function podsOfLearners(): Promise<void> {
  const pods = await facilitator.list<Pod>(POD);
  const own = pods.filter(({ metadata }) => metadata.namespace?.startsWith('learner-') === true);
  console.log(`${own.length} pods of learners in the cluster`);
}

function report(what: string, began: number): void {
  console.log(`${what} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}
