import { expect, test } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { FakeKube } from '../kube/testing/fake-kube.ts';
import type { Lab, WrongAnswer } from '../labs/lab.ts';
import { color, miniLab } from '../labs/testing/mini-lab.ts';
import { verifyLab, type LabProof } from './verify.ts';

const green: WrongAnswer = {
  name: 'green',
  step: 'one',
  check: 'blue',
  finding: 'not-blue',
  message: 'data.color is green',
  actions: [{ apply: 'green.yaml' }],
  files: [{ name: 'green.yaml', yaml: color('green') }],
};

async function verify(lab: Lab): Promise<{ proof: LabProof; kube: FakeKube }> {
  const kube = new FakeKube();
  const clock = new VirtualClock();
  let proof: LabProof | undefined;
  const work = verifyLab({ lab, kube, clock }).then((result) => (proof = result));
  for (let i = 0; i < 2000 && proof === undefined; i++) await clock.advance(100);
  return { proof: await work, kube };
}

function failures(proof: LabProof): string[] {
  return proof.proofs.filter(({ ok }) => !ok).map(({ step, what, detail }) => `${step} ${what}: ${detail}`);
}

test('a sound lab is proven, and nothing of it is left behind', async () => {
  const { proof, kube } = await verify({ ...miniLab(), wrong: [green] });
  expect(failures(proof)).toEqual([]);
  expect(proof.proofs.map(({ step, what }) => `${step} ${what}`)).toEqual([
    'one untouched',
    'one wrong/green',
    'one reset after wrong/green',
    'one solution',
    'two untouched',
    'two solution',
  ]);
  expect(kube.all('Namespace')).toEqual([]);
});

test('a wrong answer that is met with another finding or other words is not proven', async () => {
  const { proof } = await verify({
    ...miniLab(),
    wrong: [
      { ...green, finding: 'too-green' },
      { ...green, name: 'words', message: 'something else' },
    ],
  });
  expect(failures(proof)).toEqual([
    expect.stringContaining('one wrong/green: check blue: wanted fail/too-green'),
    expect.stringContaining('one wrong/words: check blue: wanted fail/not-blue with "something else"'),
  ]);
});

test('a wrong answer that solves the step is not proven', async () => {
  const lab = miniLab();
  const [one] = lab.steps;
  const { proof } = await verify({ ...lab, wrong: [{ ...green, ...one?.solution, name: 'right' }] });
  expect(failures(proof)[0]).toContain('one wrong/right');
});

test('a step that is full untouched is not proven', async () => {
  const lab = miniLab();
  const [one, two] = lab.steps;
  if (one === undefined || two === undefined) throw new Error('two steps');
  two.setup = [];
  one.solution = {
    actions: [...one.solution.actions, { apply: 'red.yaml' }],
    files: [...one.solution.files, { name: 'red.yaml', yaml: color('red').replaceAll('color,', 'other,') }],
  };
  const [red] = two.spec.checks;
  if (red?.kind !== 'resource' || !('name' in red.object)) throw new Error('a resource check');
  red.object.name = 'other';
  expect(failures((await verify(lab)).proof)[0]).toContain('two untouched');
});

test('a solution that does not solve is not proven, and ends the proof', async () => {
  const lab = miniLab();
  const [one] = lab.steps;
  if (one === undefined) throw new Error('a step');
  one.solution = { ...one.solution, actions: [{ apply: 'blue.yaml' }] };
  const { proof } = await verify(lab);
  expect(failures(proof)).toEqual([expect.stringContaining('one solution: ask: not-run')]);
});
