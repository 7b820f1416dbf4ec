import { expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import { hurried } from './hurried.ts';

const question = { program: 'docker', args: ['info'] };

it('gives a question no more time than it may take', async () => {
  const deadlines: number[] = [];
  const run = hurried(
    (_command, { deadlineMs }) => {
      deadlines.push(deadlineMs);
      return Promise.resolve({ exitCode: 0, stdout: 'well', stderr: '' });
    },
    3000,
    new VirtualClock(),
  );
  expect((await run(question, { deadlineMs: 10_000 })).stdout).toBe('well');
  await run(question, { deadlineMs: 500 });
  expect(deadlines).toEqual([3000, 500]);
});

it('waits no longer for a program that cannot even be ended', async () => {
  const clock = new VirtualClock();
  const asked = hurried(() => new Promise(() => undefined), 3000, clock)(question, { deadlineMs: 10_000 });
  const outcome = expect(asked).rejects.toMatchObject({
    reason: 'deadline',
    problem: { message: { en: expect.stringContaining('docker info') as string } },
  });
  await clock.advance(4000);
  await outcome;
});
