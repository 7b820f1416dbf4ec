import { VirtualClock } from '#emulator/clock.ts';
import type { LabSession, StepState } from '#shared/lab-view.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { MemoryProgressStore } from './progress.ts';
import { createLabRunner, type LabRunner } from './runner.ts';
import { color, KEPT, miniLab } from './testing/mini-lab.ts';

let kube: FakeKube;
let clock: VirtualClock;
let store: MemoryProgressStore;
let runner: LabRunner;

async function open(): Promise<LabRunner> {
  return createLabRunner({ lab: miniLab(), kube, progress: store, clock });
}

/** Lets virtual time pass until the work is done. */
async function during<T>(work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const passing = clock.run(done.signal);
  try {
    return await work;
  } finally {
    done.abort();
    await passing;
  }
}

function step(id: string, session: LabSession = runner.session()): StepState {
  const found = session.steps.find((s) => s.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

function outcomes(id: string): Record<string, string> {
  return Object.fromEntries(step(id).checks.map((check) => [check.id, check.verdict.outcome]));
}

async function paint(name: string): Promise<void> {
  await kube.apply(color(name), { namespace: 'mini' });
}

beforeEach(async () => {
  kube = new FakeKube();
  clock = new VirtualClock();
  store = new MemoryProgressStore();
  runner = await open();
});

afterEach(async () => {
  await runner.close();
});

test('before the start nothing is made and the first step is open', () => {
  expect(kube.all('Namespace')).toEqual([]);
  expect(runner.session()).toMatchObject({
    started: false,
    currentStep: 'one',
    earnedPoints: 0,
    totalPoints: 7,
  });
  expect(step('two').state).toBe('locked');
});

test('the start makes labelled namespaces, the client and the step, and judges; what is right already earns nothing', async () => {
  await during(runner.start());
  expect(kube.all('Namespace')).toMatchObject([
    { metadata: { name: 'mini', labels: { 'switchyard.dev/lab': 'mini' } } },
  ]);
  expect(kube.all('Pod').map((pod) => pod.metadata.name)).toEqual(['client']);
  expect(outcomes('one')).toEqual({ blue: 'fail', kept: 'pass', ask: 'not-run' });
  expect(runner.session()).toMatchObject({ started: true, earnedPoints: 0 });
});

test('a watched check turns by itself, and says in the lab’s own words why it is wrong', async () => {
  await during(runner.start());
  await paint('green');
  await clock.advance(100);
  const verdict = step('one').checks[0]?.verdict;
  expect(verdict).toMatchObject({
    outcome: 'fail',
    finding: 'not-blue',
    why: { en: 'Paint it blue.', ko: '파란색으로 칠하세요.' },
  });
  await paint('blue');
  await clock.advance(100);
  expect(outcomes('one')).toMatchObject({ blue: 'pass' });
  expect(runner.session().earnedPoints).toBe(2);
});

test('a finished step keeps its points, opens the next, and is judged no more', async () => {
  await during(runner.start());
  await expect(runner.goTo('two')).rejects.toThrow('not open yet');
  await paint('blue');
  await during(runner.answer('one', 'ask', 'no'));
  expect(step('one').checks[2]).toMatchObject({
    answer: 'no',
    verdict: { outcome: 'fail', finding: 'answer-no' },
  });
  await during(runner.answer('one', 'ask', 'yes'));
  await clock.advance(200);
  expect(step('one').state).toBe('done');
  expect(step('two').state).toBe('open');
  await during(runner.goTo('two'));
  await paint('red');
  await clock.advance(200);
  expect(runner.session()).toMatchObject({ currentStep: 'two', earnedPoints: 7 });
  expect(step('one').state).toBe('done');
});

test('what the step does not ask is refused, and not kept', async () => {
  await during(runner.start());
  await expect(runner.answer('one', 'blue', 'yes')).rejects.toThrow('no question "blue"');
  await expect(runner.answer('one', 'nope', 'yes')).rejects.toThrow('no question "nope"');
  await expect(runner.check('one', 'nope')).rejects.toThrow('no check "nope"');
  await expect(runner.answer('one', 'nope', 'yes')).rejects.toMatchObject({
    problem: { fix: { en: 'It has: ask.', ko: '이 단계의 질문: ask.' } },
  });
  expect(step('one').checks[0]).not.toHaveProperty('answer');
});

describe('a check that is asked for', () => {
  const pending = (ready: boolean) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'other', namespace: 'mini' },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

  test('says at once what is wrong where nothing moves', async () => {
    await during(runner.start());
    const before = clock.now();
    await during(runner.check('one', 'blue'));
    expect(outcomes('one')).toMatchObject({ blue: 'fail' });
    expect(clock.now() - before).toBeLessThan(2000);
  });

  test('waits while pods start, up to its deadline', async () => {
    await during(runner.start());
    kube.put(pending(false));
    const before = clock.now();
    await during(runner.check('one', 'blue'));
    expect(clock.now() - before).toBeGreaterThanOrEqual(10_000);
    kube.put(pending(true));
    const settled = clock.now();
    await during(runner.check('one', 'blue'));
    expect(clock.now() - settled).toBeLessThan(2000);
  });

  test('sees what comes while it looks', async () => {
    await during(runner.start());
    const asked = runner.check('one', 'blue');
    await clock.advance(600);
    await paint('blue');
    await during(asked);
    expect(outcomes('one')).toMatchObject({ blue: 'pass' });
  });
});

test('changing what is protected fails', async () => {
  await during(runner.start());
  await kube.patch(KEPT, { data: { a: '2' } });
  await clock.advance(200);
  expect(step('one').checks[1]?.verdict).toMatchObject({ outcome: 'fail', finding: 'protected-changed' });
});

test('a deleted client pod comes back', async () => {
  await during(runner.start());
  await kube.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'mini', name: 'client' });
  await clock.advance(1000);
  expect(kube.all('Pod').map((pod) => pod.metadata.name)).toEqual(['client']);
});

test('a reset takes away what was added inside a list', async () => {
  await during(runner.start());
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'mini', name: 'web' };
  const spec = (env?: object[]) => ({
    template: { spec: { containers: [{ name: 'web', ...(env === undefined ? {} : { env }) }] } },
  });
  await kube.create({
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: 'web', namespace: 'mini' },
    spec: spec(),
  });
  await during(runner.solve('one'));
  await during(runner.goTo('two'));
  await kube.patch(ref, { spec: spec([{ name: 'A', value: '1' }]) });
  await during(runner.reset('two'));
  expect((await kube.get(ref))?.['spec']).toEqual(spec());
});

test('a reset brings back what the step began with, and forgets answers', async () => {
  await during(runner.start());
  await during(runner.answer('one', 'ask', 'no'));
  await kube.patch(KEPT, { data: { a: '2', b: '3' } });
  await paint('blue');
  await during(runner.reset('one'));
  expect(kube.all('ConfigMap')).toMatchObject([{ metadata: { name: 'keep' }, data: { a: '1' } }]);
  expect(kube.all('ConfigMap')[0]?.['data']).toEqual({ a: '1' });
  expect(outcomes('one')).toEqual({ blue: 'fail', kept: 'pass', ask: 'not-run' });
  expect(step('one').checks[2]).not.toHaveProperty('answer');
  await paint('blue');
  await clock.advance(200);
  expect(outcomes('one')).toMatchObject({ blue: 'pass' });
});

test('a reset has pods made anew that were relabelled, or do not work any more; others live on', async () => {
  const pod = (name: string, labels = {}, ready = 'True') =>
    kube.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'mini',
        uid: name,
        labels,
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'w', controller: true },
        ],
      },
      status: { conditions: [{ type: 'Ready', status: ready }] },
    });
  await during(runner.start());
  for (const name of ['web-1', 'web-2', 'web-3']) pod(name);
  await during(runner.reset('one')); // from here on they belong to the start of the step
  pod('web-1', { enabled: 'true' });
  pod('web-2', {}, 'False');
  await during(runner.reset('one'));
  expect(kube.all('Pod').map(({ metadata }) => metadata.name)).toEqual(['client', 'web-3']);
});

test('a reset waits for what is on its way out, and makes it again', async () => {
  await during(runner.start());
  const [keep] = kube.all('ConfigMap');
  if (keep === undefined) throw new Error('nothing to keep');
  kube.put({ ...keep, metadata: { ...keep.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  const reset = runner.reset('one');
  await clock.advance(2000);
  await kube.delete(KEPT);
  await during(reset);
  expect(kube.all('ConfigMap')).toMatchObject([{ metadata: { name: 'keep' }, data: { a: '1' } }]);
  expect(kube.all('ConfigMap')[0]?.metadata).not.toHaveProperty('deletionTimestamp');
});

describe('help', () => {
  test('hints come one by one and do not count', async () => {
    await during(runner.start());
    for (const expected of [['h1'], ['h1', 'h2'], ['h1', 'h2']]) {
      await runner.hint('one');
      expect(step('one').hints.map((hint) => hint.en)).toEqual(expected);
    }
    expect(step('one').assisted).toBe(false);
  });

  test('a solution waits for a value that comes a moment later', async () => {
    const lab = miniLab();
    const [one] = lab.steps;
    if (one === undefined) throw new Error('no step');
    const object = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'mini', name: 'told' };
    one.solution = { actions: [{ answer: 'ask', from: { object, path: 'data.answer' } }], files: [] };
    await runner.close();
    runner = await createLabRunner({ lab, kube, progress: store, clock });
    await during(runner.start());
    const solving = during(runner.solve('one'));
    await kube.apply(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: told, namespace: mini }\ndata: { answer: "yes" }\n',
      { namespace: 'mini' },
    );
    await solving;
    expect(step('one').checks[2]).toMatchObject({ answer: 'yes', verdict: { outcome: 'pass' } });
  });

  test('the solution solves, and marks the step as assisted', async () => {
    await during(runner.start());
    await during(runner.solve('one'));
    expect(step('one')).toMatchObject({ state: 'done', assisted: true });
  });

  test('a solution runs programs in the client, or in a ready pod with labels', async () => {
    const lab = miniLab();
    lab.steps[0]?.solution.actions.push(
      { exec: ['echo', 'one'] },
      { exec: ['echo', 'two'], in: { namespace: 'mini', labels: { app: 'web' } } },
    );
    const ran: [string | undefined, string][] = [];
    kube.onExec = (argv, { pod }) => {
      ran.push([pod, argv.join(' ')]);
      return { stdout: '', stderr: '', exitCode: 0 };
    };
    await kube.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-1', namespace: 'mini', labels: { app: 'web' } },
    });
    const other = await createLabRunner({ lab, kube, progress: new MemoryProgressStore(), clock });
    await during(other.start());
    await during(other.solve('one'));
    await other.close();
    expect(ran).toEqual([
      ['client', 'echo one'],
      ['web-1', 'echo two'],
    ]);
  });

  test('catching up solves what is before', async () => {
    await during(runner.catchUp('two'));
    expect(step('one')).toMatchObject({ state: 'done', assisted: true });
    expect(step('two')).toMatchObject({ state: 'open', assisted: false });
    expect(runner.session().currentStep).toBe('two');
  });
});

describe('a later run', () => {
  test('goes on with answers, verdicts and what the step began with', async () => {
    await during(runner.start());
    await during(runner.answer('one', 'ask', 'yes'));
    await runner.hint('one');
    await kube.patch(KEPT, { data: { a: '2' } });
    // Killed: nothing is closed. The store is all that is left.
    runner = await open();
    expect(step('one')).toMatchObject({ hints: [{ en: 'h1' }], checks: [{}, {}, { answer: 'yes' }] });
    await during(runner.start());
    await during(runner.check('one', 'kept'));
    expect(step('one').checks[1]?.verdict).toMatchObject({ outcome: 'fail', finding: 'protected-changed' });
  });

  test('judges an answer again whose verdict was not kept any more', async () => {
    await during(runner.start());
    await during(runner.answer('one', 'ask', 'yes'));
    await runner.close();
    const kept = await store.load('mini');
    if (kept?.steps['one'] === undefined) throw new Error('nothing was kept');
    kept.steps['one'].verdicts = {};
    await store.save('mini', kept);
    runner = await open();
    await during(runner.start());
    expect(outcomes('one')['ask']).toBe('pass');
  });

  test('on a new cluster builds again what was reached', async () => {
    await during(runner.catchUp('two'));
    await runner.close();
    kube = new FakeKube();
    runner = await open();
    await during(runner.start());
    expect(
      kube
        .all('ConfigMap')
        .map((object) => object.metadata.name)
        .sort(),
    ).toEqual(['color', 'keep']);
    expect(step('one').state).toBe('done');
    expect(outcomes('two')).toEqual({ red: 'fail' });
  });
});

describe('what is not the learner’s fault', () => {
  test('a cluster that does not answer makes an error, and a pause', async () => {
    await during(runner.start());
    kube.down = true;
    kube.connection('disconnected');
    expect(runner.session().paused?.en).toContain('does not answer');
    await during(runner.check('one', 'blue'));
    expect(step('one').checks[0]?.verdict).toMatchObject({ outcome: 'error', finding: 'could-not-look' });
    kube.down = false;
    kube.connection('connected');
    expect(runner.session().paused).toBeUndefined();
    await clock.advance(11_000);
    expect(outcomes('one')['blue']).toBe('fail');
  });

  test('what could not be looked at is looked at again by itself, also in a step that is done', async () => {
    await during(runner.start());
    await during(runner.solve('one'));
    kube.down = true;
    await during(runner.check('one', 'blue'));
    expect(step('one')).toMatchObject({ state: 'done', checks: [{ verdict: { outcome: 'error' } }, {}, {}] });
    kube.down = false;
    await clock.advance(11_000);
    expect(outcomes('one')['blue']).toBe('pass');
  });

  test('so is what only runs when it is asked for', async () => {
    const lab = miniLab();
    for (const check of lab.steps[0]?.spec.checks ?? []) check.trigger = 'manual';
    runner = await createLabRunner({ lab, kube, progress: store, clock });
    await during(runner.start());
    kube.down = true;
    await during(runner.check('one', 'blue'));
    expect(outcomes('one')['blue']).toBe('error');
    kube.down = false;
    await clock.advance(11_000);
    expect(outcomes('one')['blue']).toBe('fail');
  });

  test('a namespace of somebody else is left alone', async () => {
    kube.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mini' } });
    await expect(during(runner.start())).rejects.toThrow('already has a namespace "mini"');
    await expect(during(runner.resetLab())).rejects.toThrow('already has a namespace "mini"');
    expect(kube.all('Namespace')).toHaveLength(1);
  });
});
