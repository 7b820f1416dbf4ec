import type { DoctorSeen, HopJudgement } from '../types.ts';

/** Where the path begins. */
export function judgeClient({ from, client }: DoctorSeen): HopJudgement {
  if (from === 'host')
    return {
      state: 'ok',
      seen: { en: 'The request starts on this machine.', ko: '요청이 이 컴퓨터에서 출발합니다.' },
    };
  if (client === undefined)
    return {
      state: 'unknown',
      seen: {
        en: 'There is no pod here that could try it. Name one that has dig and agnhost.',
        ko: '시도해 볼 파드가 없습니다. dig와 agnhost가 있는 파드를 지정하세요.',
      },
    };
  const name = `${client.metadata.namespace ?? ''}/${client.metadata.name}`;
  return {
    state: 'ok',
    seen: { en: `The request starts in pod ${name}.`, ko: `요청이 파드 ${name}에서 출발합니다.` },
  };
}
