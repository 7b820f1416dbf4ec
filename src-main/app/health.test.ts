import { expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { WatchHandlers } from '../kube/watch.ts';
import { absentCluster } from './absent-cluster.ts';
import { watchHealth } from './health.ts';

it('does not take a late answer of a cluster that was cut off meanwhile for a sign of life', async () => {
  const questions: PromiseWithResolvers<void>[] = [];
  let watch: WatchHandlers<KubeObject> | undefined;
  const kube: KubeClient = {
    ...absentCluster,
    answers: () => {
      const question: PromiseWithResolvers<void> = Promise.withResolvers();
      questions.push(question);
      return question.promise;
    },
    watch: (_kind, _options, handlers) => {
      watch = handlers;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  const clock = new VirtualClock();
  const said: string[] = [];
  using _ = watchHealth(kube, clock, {
    answers: () => said.push('answers'),
    silent: () => said.push('silent'),
  });

  await clock.advance(2000);
  watch?.state?.('disconnected', new Error('cut off'));
  questions[0]?.resolve();
  await clock.advance(2000);
  expect(said).toEqual(['silent']);
  questions[1]?.resolve();
  await clock.advance(0);
  expect(said).toEqual(['silent', 'answers']);
});
