import { stringify } from 'yaml';
import type { ClusterCapabilities } from '#shared/cluster.ts';
import type { ClusterAccess } from '../kube/kubeconfig.ts';
import { TENANCY_EXTENSION } from '../tenancy/marks.ts';
import type { TenancyExtension } from '../tenancy/tenancy.ts';
import type { PlannedLearner } from './plan.ts';

/** Where the API server is, as the facilitator's own kubeconfig has it. */
export type ServerAddress = Pick<ClusterAccess, 'server' | 'ca' | 'serverName' | 'insecure'>;

/**
 * The kubeconfig that a learner is given: one context, a token, everything that is needed inside the file. It runs
 * no program on the learner's machine.
 */
export function learnerKubeconfig(
  address: ServerAddress,
  workshop: string,
  { learner, prefix, namespaces }: PlannedLearner,
  capabilities: ClusterCapabilities,
  token: string,
): string {
  const extension: TenancyExtension = { learner: learner.id, prefix, workshop, capabilities };
  const [first] = namespaces;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: workshop,
        cluster: {
          server: address.server,
          ...(address.ca === undefined
            ? {}
            : { 'certificate-authority-data': address.ca.toString('base64') }),
          ...(address.serverName === undefined ? {} : { 'tls-server-name': address.serverName }),
          ...(address.insecure ? { 'insecure-skip-tls-verify': true } : {}),
        },
      },
    ],
    users: [{ name: learner.id, user: { token } }],
    contexts: [
      {
        name: `${learner.id}@${workshop}`,
        context: {
          cluster: workshop,
          user: learner.id,
          ...(first === undefined ? {} : { namespace: first.name }),
          extensions: [{ name: TENANCY_EXTENSION, extension }],
        },
      },
    ],
    'current-context': `${learner.id}@${workshop}`,
  });
}
