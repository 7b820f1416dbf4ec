import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../kube/client.ts';
import { DeadlineError } from '../kube/errors.ts';
import { NODE, type Condition, type KubeObject } from '../kube/objects.ts';
import { wordsOf } from '../store/problems.ts';

const POLL_MS = 100;

interface NodeObject extends KubeObject {
  status?: { conditions?: Condition[] };
}

/**
 * Waits until the API answers and every node is Ready.
 * @throws DeadlineError that says what was seen last; the signal's reason when it aborts.
 */
export async function waitUntilReady(
  kube: Pick<KubeClient, 'version' | 'list'>,
  { clock, signal, deadlineMs }: { clock: Clock; signal: AbortSignal; deadlineMs: number },
): Promise<{ version: string; nodes: number }> {
  const deadline = clock.now() + deadlineMs;
  for (;;) {
    let seen: string;
    try {
      const version = await kube.version();
      const nodes = await kube.list<NodeObject>(NODE);
      const unready = nodes.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
      if (nodes.length > 0 && unready.length === 0) return { version, nodes: nodes.length };
      seen = nodes.length === 0 ? 'no nodes' : `not ready: ${unready.join(', ')}`;
    } catch (error) {
      seen = wordsOf(error);
    }
    if (clock.now() >= deadline)
      throw new DeadlineError(
        { en: 'every node to be Ready', ko: '모든 노드가 Ready가 되는 것' },
        deadlineMs,
        seen,
      );
    await clock.sleep(POLL_MS, signal);
  }
}

function isReady(node: NodeObject): boolean {
  return (node.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}
