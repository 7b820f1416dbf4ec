import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/** Whether somebody else's cluster has the name of ours. Only said: it is left alone. */
export function clusterNameCheck({
  tool,
  clusterName,
  running,
  cluster,
}: Pick<ContainerFacts, 'tool' | 'clusterName' | 'running' | 'cluster'>): PreflightCheck {
  return {
    id: 'cluster-name',
    title: { en: 'Cluster name', ko: '클러스터 이름' },
    why: {
      en: `${tool.id} knows clusters by their names; Switchyard touches none that it did not make.`,
      ko: `${tool.id}은(는) 클러스터를 이름으로 구분합니다. Switchyard는 스스로 만들지 않은 클러스터를 건드리지 않습니다.`,
    },
    async look() {
      if ((await running()) === undefined) return undefined;
      const { own, otherName } = await cluster();
      if (otherName !== undefined)
        return {
          state: 'ok',
          seen: {
            en: `There is a cluster "${clusterName}" that Switchyard did not make. It is left alone; the new one will be called "${otherName}".`,
            ko: `Switchyard가 만들지 않은 "${clusterName}" 클러스터가 있습니다. 그대로 두고, 새 클러스터는 "${otherName}"(으)로 만듭니다.`,
          },
        };
      return {
        state: 'ok',
        seen:
          own === undefined
            ? { en: `"${clusterName}" is free.`, ko: `"${clusterName}" 이름을 쓸 수 있습니다.` }
            : {
                en: `Your cluster "${own.record.cluster}" is there, and is used again.`,
                ko: `이미 만든 "${own.record.cluster}" 클러스터가 있으며, 이어서 사용합니다.`,
              },
      };
    },
  };
}
