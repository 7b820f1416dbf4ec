import type { MessageKey } from '../locales/index.ts';
import type { Platform } from './topology.ts';

/** Whether a pod takes requests from the Service, in a word. */
export function stateWord(platform: Platform, say: (key: MessageKey) => string): string {
  if (!platform.connected) return say('track.unselected');
  return say(
    platform.state === 'ready'
      ? 'track.ready'
      : platform.state === 'not-ready'
        ? 'track.notReady'
        : 'track.terminating',
  );
}
