import type { Host } from '../../host/host.ts';
import { wordsOf } from '../../store/problems.ts';
import type { PreflightCheck } from '../check.ts';

/** Programs of this machine can talk to each other: that is how a cluster and the app do. */
export function loopbackCheck({ talkOverLoopback }: Pick<Host, 'talkOverLoopback'>): PreflightCheck {
  return {
    id: 'loopback',
    title: { en: 'Loopback', ko: '루프백' },
    why: {
      en: 'The cluster answers at 127.0.0.1, to this machine only.',
      ko: '클러스터는 127.0.0.1에서, 이 컴퓨터에만 응답합니다.',
    },
    async look() {
      try {
        await talkOverLoopback();
        return {
          state: 'ok',
          seen: { en: '127.0.0.1 answers.', ko: '127.0.0.1이 응답합니다.' },
        };
      } catch (error) {
        return {
          state: 'blocked',
          seen: {
            en: `Programs cannot talk over 127.0.0.1: ${wordsOf(error)}`,
            ko: `127.0.0.1로 통신할 수 없습니다: ${wordsOf(error)}`,
          },
          fix: {
            text: {
              en: 'Let your firewall, virus scanner or VPN allow connections of this machine with itself.',
              ko: '방화벽, 백신, VPN에서 이 컴퓨터 내부의 연결을 허용하세요.',
            },
          },
        };
      }
    },
  };
}
