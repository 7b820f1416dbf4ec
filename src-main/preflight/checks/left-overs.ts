import { unknownMendError, type PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

const DELETE = 'delete:';

/** Nothing is left of attempts that were interrupted; what is, can be deleted. */
export function leftOversCheck({
  leftovers,
  deleteCluster,
}: Pick<ContainerFacts, 'leftovers' | 'deleteCluster'>): PreflightCheck {
  return {
    id: 'left-overs',
    title: { en: 'Left-over clusters', ko: '남은 클러스터' },
    why: {
      en: 'A cluster that was only half made takes memory, disk and ports, and is of no use.',
      ko: '만들다 만 클러스터는 쓸모없이 메모리, 디스크, 포트를 차지합니다.',
    },
    async look() {
      const found = await leftovers();
      if (found.length === 0)
        return {
          state: 'ok',
          seen: { en: 'Nothing half-made is left.', ko: '만들다 만 것이 없습니다.' },
        };
      return {
        state: 'warning',
        seen: {
          en: found.map(({ text }) => text.en).join(' '),
          ko: found.map(({ text }) => text.ko).join(' '),
        },
        fix: {
          text: {
            en: 'Delete it here; otherwise it is deleted when a cluster of this name is made the next time.',
            ko: '여기서 삭제하세요. 그대로 두면 다음에 같은 이름의 클러스터를 만들 때 삭제됩니다.',
          },
        },
        mends: found.map(({ name }) => ({
          id: `${DELETE}${name}`,
          label: { en: `Delete what is left of "${name}"`, ko: `"${name}"의 남은 부분 삭제` },
          confirm: {
            en: `The containers of the half-made cluster "${name}" are deleted, with everything in them. Your progress is kept.`,
            ko: `만들다 만 "${name}" 클러스터의 컨테이너와 그 안의 모든 것을 삭제합니다. 진행 상황은 보존됩니다.`,
          },
        })),
      };
    },
    async mend(mend) {
      const name = mend.startsWith(DELETE) ? mend.slice(DELETE.length) : undefined;
      const found = (await leftovers()).find((leftover) => leftover.name === name);
      if (found === undefined) throw unknownMendError(this.id, mend);
      await deleteCluster(found.name);
    },
  };
}
