import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { DeadlineError } from '../../kube/errors.ts';
import { SERVICE } from '../../kube/objects.ts';
import { addressesOf, type LoadBalancedService } from './services.ts';

const POLL_MS = 100;

/** Resolves when a Service of type LoadBalancer has its address. @throws DeadlineError */
export async function untilAddressed(
  kube: Pick<KubeClient, 'get'>,
  service: { namespace: string; name: string },
  { clock, signal, deadlineMs }: { clock: Clock; signal: AbortSignal; deadlineMs: number },
): Promise<void> {
  const until = clock.now() + deadlineMs;
  for (;;) {
    const found = await kube.get<LoadBalancedService>({ ...SERVICE, ...service });
    if (found !== undefined && addressesOf(found).length > 0) return;
    if (clock.now() >= until) {
      const { namespace, name } = service;
      throw new DeadlineError(
        { en: `an address of Service ${namespace}/${name}`, ko: `서비스 ${namespace}/${name}의 주소` },
        deadlineMs,
        found === undefined ? 'no such Service' : '<pending>',
      );
    }
    await clock.sleep(POLL_MS, signal);
  }
}
