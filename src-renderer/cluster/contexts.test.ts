import { describe, expect, it } from 'vitest';
import type { KubeContext } from '#shared/cluster.ts';
import { filterContexts, isLoopback } from './contexts.ts';

const contexts: KubeContext[] = [
  ['kind-lab', 'https://127.0.0.1:6443', 'kind-lab'],
  ['work', 'https://k8s.example.com', 'alice@example.com'],
  ['workshop', 'https://10.0.0.5:6443', 'learner-1'],
].map(([context = '', server = '', user = '']) => ({
  file: '/home/me/.kube/config',
  context,
  cluster: context,
  server,
  user,
  current: false,
}));
const found = (filter: string): string[] => filterContexts(contexts, filter).map(({ context }) => context);

describe('the filter of contexts', () => {
  it('finds words of the name, the address and the user, all of them at once', () => {
    expect(found('')).toHaveLength(3);
    expect(found('WORK')).toEqual(['work', 'workshop']);
    expect(found('work 10.0')).toEqual(['workshop']);
    expect(found(' alice ')).toEqual(['work']);
    expect(found('work kind')).toEqual([]);
  });
});

describe('an address', () => {
  it('is on this machine when it is a loopback one, and not when it only looks like it', () => {
    for (const server of ['https://127.0.0.1:6443', 'https://localhost', 'https://[::1]:6443'])
      expect(isLoopback(server), server).toBe(true);
    for (const server of [
      'https://10.0.0.5:6443',
      'https://127.0.0.1.example.com',
      'https://localhost.example.com',
      'not an address',
    ])
      expect(isLoopback(server), server).toBe(false);
  });
});
