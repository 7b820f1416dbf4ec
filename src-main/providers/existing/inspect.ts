import { AppError, type Problem } from '#shared/app-error.ts';
import type { ClusterCapabilities, SourceReport } from '#shared/cluster.ts';
import type { Clock } from '#emulator/clock.ts';
import type { KubeClient } from '../../kube/client.ts';
import { unlessForbidden } from '../../kube/errors.ts';
import { NAMESPACE } from '../../kube/objects.ts';
import type { Connect } from '../open-kube.ts';
import { detectCapabilities } from './capabilities.ts';
import type { ChosenContext } from './chosen-context.ts';
import { connectionError, silent } from './connection-problems.ts';
import type { LabSpace } from './lab-space.ts';
import { findNamespaces } from './namespaces.ts';
import {
  lackingPermissions,
  MAKING_NAMESPACES,
  namespacePermissions,
  permissionText,
} from './permissions.ts';

/** A person waits for it. */
const DEADLINE_MS = 10_000;

/** A cluster that was looked at. */
export interface Inspection {
  report: SourceReport;
  /** Tells the cluster from another one at its address; undefined when the user may not look. */
  uid: string | undefined;
  /** Those of the missing permissions without which no lab runs. */
  forbidden: readonly string[];
}

/**
 * Looks at a cluster and changes nothing in it: who it is, what it offers, the room for labs, and what its user
 * may do there.
 * @throws AppError when it does not answer in time, or refuses whoever the kubeconfig says the user is
 */
export async function inspectCluster(
  chosen: ChosenContext,
  { labs, connect, clock }: { labs: readonly LabSpace[]; connect: Connect; clock: Clock },
): Promise<Inspection> {
  const kube = connect(chosen.kubeconfig, chosen.source.file);
  const ended = new AbortController();
  const late = clock.sleep(DEADLINE_MS, ended.signal).then(() => {
    throw silent(chosen.server, DEADLINE_MS);
  });
  try {
    return await Promise.race([look(kube, chosen, labs), late]);
  } catch (error) {
    throw connectionError(chosen.server, error);
  } finally {
    ended.abort();
    late.catch(() => undefined);
    await kube.close();
  }
}

async function look(
  kube: KubeClient,
  { source, server, tenancy }: ChosenContext,
  labs: readonly LabSpace[],
): Promise<Inspection> {
  const version = await kube.version();
  const [seen, found, system] = await Promise.all([
    detectCapabilities(kube),
    findNamespaces(kube, labs, tenancy),
    unlessForbidden(kube.get({ ...NAMESPACE, name: 'kube-system' })),
  ]);
  const asked = found.namespaces
    .filter(({ state }) => state !== 'taken')
    .flatMap(({ name, labs: users }) =>
      namespacePermissions(
        name,
        labs.filter(({ id }) => users.includes(id)),
      ),
    );
  const lacking = await lackingPermissions(kube, [
    ...(tenancy === undefined ? MAKING_NAMESPACES : []),
    ...asked,
  ]);
  const forbidden = lacking.filter(({ needed }) => needed).map(permissionText);
  return {
    uid: system?.metadata.uid,
    forbidden,
    report: {
      source,
      server,
      version,
      capabilities: tenancy?.capabilities ?? seen,
      ...(tenancy !== undefined && { learner: tenancy.learner }),
      namespaces: found.namespaces,
      missing: lacking.map(permissionText),
      problems: [...found.problems, ...noNodes(tenancy?.capabilities ?? seen)],
      usable: found.usable && forbidden.length === 0,
    },
  };
}

function noNodes({ nodes }: ClusterCapabilities): Problem[] {
  if (nodes > 0) return [];
  return [
    {
      code: 'no-nodes',
      message: {
        en: 'No node of this cluster takes pods just now.',
        ko: '지금 이 클러스터에는 파드를 실행할 수 있는 노드가 없습니다.',
      },
      fix: { en: 'See what the nodes lack.', ko: '노드 상태를 확인하세요.' },
      commands: ['kubectl get nodes'],
    },
  ];
}

/** Why a cluster that was looked at cannot be used; undefined when it can. */
export function unusableError({ report, forbidden }: Inspection): AppError | undefined {
  if (report.usable) return undefined;
  const { server, namespaces, problems } = report;
  const [problem] = problems;
  if (forbidden.length === 0 && problem !== undefined) return new AppError(problem);
  const where = namespaces.map(({ name }) => name).join(', ');
  return new AppError({
    code: 'permissions-missing',
    message: {
      en: `You lack permissions on ${server} that labs need in ${where}.`,
      ko: `${server}에서 실습에 필요한 권한이 없습니다(${where}).`,
    },
    fix: {
      en: 'Ask whoever runs the cluster for them, or use another cluster.',
      ko: '클러스터 관리자에게 권한을 요청하거나 다른 클러스터를 사용하세요.',
    },
    detail: forbidden.join('\n'),
  });
}
