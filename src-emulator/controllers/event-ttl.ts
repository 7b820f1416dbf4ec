import { EVENTS } from '../api/resources.ts';
import type { Timer } from '../clock.ts';
import type { ControllerContext } from './controller.ts';

/** The API server's default for --event-ttl. */
const EVENT_TTL_MS = 3_600_000;
const SWEEP_MS = 60_000;

/** Forgets events that were last counted an hour ago, as the API server's lease on them does. */
export function startEventTtl({ api, clock }: ControllerContext): Disposable {
  let timer: Timer;
  const sweep = (): void => {
    const oldest = clock.now() - EVENT_TTL_MS;
    for (const event of api.list(EVENTS)) {
      const seen = Date.parse(event.lastTimestamp ?? event.metadata.creationTimestamp);
      if (seen < oldest) api.delete(EVENTS, event.metadata.namespace, event.metadata.name);
    }
    timer = clock.setTimeout(sweep, SWEEP_MS);
  };
  timer = clock.setTimeout(sweep, SWEEP_MS);
  return { [Symbol.dispose]: () => timer.cancel() };
}
