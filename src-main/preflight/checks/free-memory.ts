import type { Host } from '../../host/host.ts';
import type { PreflightCheck } from '../check.ts';
import { gigabytes, megabytes } from '../words.ts';

/** The emulated cluster takes about 150 MB; the rest is for the window and its page. */
const WANTED = 512e6;

/** This machine has memory for the emulated cluster. */
export function freeMemoryCheck({ availableMemory }: Pick<Host, 'availableMemory'>): PreflightCheck {
  return {
    id: 'memory',
    title: { en: 'Memory', ko: '메모리' },
    why: {
      en: `The built-in cluster and the app want ${megabytes(WANTED)}; with less, everything slows down.`,
      ko: `내장 클러스터와 앱에는 ${megabytes(WANTED)}가 필요합니다. 부족하면 전체가 느려집니다.`,
    },
    look() {
      const available = availableMemory();
      if (available === undefined) return Promise.resolve(undefined);
      const amount = available < 1e9 ? megabytes(available) : gigabytes(available);
      const seen = { en: `${amount} available.`, ko: `${amount}를 쓸 수 있습니다.` };
      return Promise.resolve(
        available >= WANTED
          ? { state: 'ok', seen }
          : {
              state: 'warning',
              seen,
              fix: { text: { en: 'Close other programs.', ko: '다른 프로그램을 닫으세요.' } },
            },
      );
    },
  };
}
