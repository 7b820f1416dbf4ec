import { expect, test } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { labCheckSpecSchema } from '#shared/lab-checks.ts';
import type { LabRunner } from './runner.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import { MemoryProgressStore } from './progress.ts';
import { createLabRunner } from './runner.ts';
import { miniLab } from './testing/mini-lab.ts';

const COLOR = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'mini', name: 'color' };

/** A lab whose first step has one check: the ConfigMap turned red, then blue. */
function lab() {
  const mini = miniLab();
  const [one] = mini.steps;
  if (one === undefined) throw new Error('a step');
  const turned = (color: string): object => ({ object: COLOR, field: { path: 'data.color', equals: color } });
  const check = { id: 'turned', kind: 'transition', points: 1, sequence: [turned('red'), turned('blue')] };
  return { ...mini, steps: [{ ...one, spec: { ...one.spec, checks: [labCheckSpecSchema.parse(check)] } }] };
}

test('what happened is remembered over a restart of the app, and the time without it is said', async () => {
  const kube = new FakeKube();
  const clock = new VirtualClock();
  const progress = new MemoryProgressStore();
  const open = async (): Promise<LabRunner> => {
    const runner = await createLabRunner({ lab: lab(), kube, clock, progress });
    const starting = runner.start();
    for (let turn = 0; turn < 20; turn++) await clock.advance(100);
    await starting;
    return runner;
  };
  const paint = async (color: string): Promise<void> => {
    kube.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'color', namespace: 'mini' },
      data: { color },
    });
    await clock.advance(5000);
  };
  const verdict = async (runner: LabRunner) => {
    await runner.look('one');
    return runner.session().steps[0]?.checks[0]?.verdict;
  };

  const before = await open();
  expect(await verdict(before)).toMatchObject({ outcome: 'fail', finding: 'not-yet' });
  await paint('red');
  await paint('green');
  expect((await verdict(before))?.actual?.en).toContain('1/2');
  await before.close();

  await clock.advance(60_000);
  const after = await open();
  expect(await verdict(after)).toMatchObject({ outcome: 'fail', finding: 'not-watched' });
  await paint('blue');
  expect(await verdict(after)).toMatchObject({ outcome: 'pass' });
  await after.close();
});
