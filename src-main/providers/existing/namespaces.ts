import type { Problem } from '#shared/app-error.ts';
import type { SourceReport } from '#shared/cluster.ts';
import type { KubeClient } from '../../kube/client.ts';
import { unlessForbidden } from '../../kube/errors.ts';
import { NAMESPACE, type KubeObject } from '../../kube/objects.ts';
import { LAB_LABEL } from '../../labs/marks.ts';
import { LEARNER_LABEL, STANDS_FOR_LABEL } from '../../tenancy/marks.ts';
import type { TenancyExtension } from '../../tenancy/tenancy.ts';
import type { LabSpace } from './lab-space.ts';

type NamespaceReport = SourceReport['namespaces'][number];

/** The namespaces that labs use in a cluster, as they are there, and what keeps labs out of them. */
export interface NamespacesFound {
  namespaces: NamespaceReport[];
  problems: Problem[];
  /** At least one lab has all of its namespaces. */
  usable: boolean;
}

/** Looks for the namespaces that labs would make, or for those that were prepared for a learner. */
export async function findNamespaces(
  kube: Pick<KubeClient, 'get'>,
  labs: readonly LabSpace[],
  tenancy: TenancyExtension | undefined,
): Promise<NamespacesFound> {
  const names = [...new Set(labs.flatMap(({ namespaces }) => namespaces))];
  const found = await Promise.all(
    names.map(async (name) => {
      const placed = `${tenancy?.prefix ?? ''}${name}`;
      const users = labs.filter(({ namespaces }) => namespaces.includes(name)).map(({ id }) => id);
      const object = await unlessForbidden(kube.get({ ...NAMESPACE, name: placed }));
      const state = tenancy === undefined ? ownState(object, users) : preparedState(object, name, tenancy);
      return {
        name,
        report: { name: placed, labs: users, state: state ?? 'to-make' },
        missing: state === undefined,
      };
    }),
  );
  const barred = new Set(
    found.filter(({ report, missing }) => report.state === 'taken' || missing).map(({ name }) => name),
  );
  const problems = found.flatMap(({ report, missing }) =>
    report.state === 'taken' ? [taken(report, tenancy)] : missing ? [notPrepared(report, tenancy)] : [],
  );
  return {
    namespaces: found.map(({ report }) => report),
    problems,
    usable: labs.length === 0 || labs.some(({ namespaces }) => !namespaces.some((name) => barred.has(name))),
  };
}

function ownState(object: KubeObject | undefined, users: readonly string[]): NamespaceReport['state'] {
  if (object === undefined) return 'to-make';
  return users.includes(object.metadata.labels?.[LAB_LABEL] ?? '') ? 'ours' : 'taken';
}

/** Undefined when it is not there. */
function preparedState(
  object: KubeObject | undefined,
  standsFor: string,
  { learner }: TenancyExtension,
): NamespaceReport['state'] | undefined {
  if (object === undefined) return undefined;
  const labels = object.metadata.labels ?? {};
  return labels[LEARNER_LABEL] === learner && labels[STANDS_FOR_LABEL] === standsFor ? 'prepared' : 'taken';
}

function taken({ name, labs }: NamespaceReport, tenancy: TenancyExtension | undefined): Problem {
  if (tenancy !== undefined)
    return {
      code: 'namespace-not-prepared',
      message: {
        en: `The namespace "${name}" was not prepared for ${tenancy.learner}. It is left alone; labs that cannot run: ${labs.join(', ')}.`,
        ko: `네임스페이스 "${name}"은(는) ${tenancy.learner}님을 위해 준비된 것이 아니므로 건드리지 않습니다. 진행할 수 없는 실습: ${labs.join(', ')}.`,
      },
      fix: ASK_FACILITATOR,
    };
  return {
    code: 'namespace-taken',
    message: {
      en: `The cluster already has a namespace "${name}" that is not from this app. It is left alone; labs that cannot run: ${labs.join(', ')}.`,
      ko: `클러스터에 이미 이 앱이 만들지 않은 네임스페이스 "${name}"이(가) 있으므로 건드리지 않습니다. 진행할 수 없는 실습: ${labs.join(', ')}.`,
    },
    fix: {
      en: 'Use another cluster, or remove the namespace yourself if you do not need it.',
      ko: '다른 클러스터를 사용하거나, 필요 없는 네임스페이스라면 직접 지우세요.',
    },
    commands: [`kubectl delete namespace ${name}`],
  };
}

function notPrepared({ name, labs }: NamespaceReport, tenancy: TenancyExtension | undefined): Problem {
  return {
    code: 'namespace-not-prepared',
    message: {
      en: `The namespace "${name}" is not there for ${tenancy?.learner ?? ''}; labs that cannot run: ${labs.join(', ')}.`,
      ko: `${tenancy?.learner ?? ''}님이 쓸 네임스페이스 "${name}"이(가) 없습니다. 진행할 수 없는 실습: ${labs.join(', ')}.`,
    },
    fix: ASK_FACILITATOR,
  };
}

const ASK_FACILITATOR = {
  en: 'Ask whoever runs the workshop to prepare the cluster again, for all labs.',
  ko: '워크숍 진행자에게 모든 실습에 맞춰 클러스터를 다시 준비해 달라고 하세요.',
};
