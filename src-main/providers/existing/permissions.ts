import type { KubeClient } from '../../kube/client.ts';
import { unlessForbidden } from '../../kube/errors.ts';
import type { LabSpace } from './lab-space.ts';

/** Something that the app, or a learner in a lab, does. */
export interface Permission {
  verb: string;
  group: string;
  /** With its subresource: `pods/exec`. */
  resource: string;
  namespace?: string;
  /** Labs cannot run without it. */
  needed: boolean;
}

/** Every kind that {@link kinds} may hold, as it is served. */
const RESOURCES: Readonly<Record<string, { group: string; resource: string }>> = {
  Pod: { group: '', resource: 'pods' },
  Service: { group: '', resource: 'services' },
  ConfigMap: { group: '', resource: 'configmaps' },
  Secret: { group: '', resource: 'secrets' },
  Deployment: { group: 'apps', resource: 'deployments' },
  StatefulSet: { group: 'apps', resource: 'statefulsets' },
  DaemonSet: { group: 'apps', resource: 'daemonsets' },
  ReplicaSet: { group: 'apps', resource: 'replicasets' },
  Job: { group: 'batch', resource: 'jobs' },
  Ingress: { group: 'networking.k8s.io', resource: 'ingresses' },
  EndpointSlice: { group: 'discovery.k8s.io', resource: 'endpointslices' },
};

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'patch', 'delete'];
/** What every lab works with. */
const BASE_KINDS = ['Pod', 'Service', 'Deployment'];
/** What is watched for checks and for the live view. */
const WATCHED = ['EndpointSlice', 'ConfigMap', 'Secret'];

/** Everything that is done in one namespace of labs. */
export function namespacePermissions(namespace: string, labs: readonly LabSpace[]): Permission[] {
  const written = new Set([...BASE_KINDS, ...labs.flatMap(({ kinds }) => kinds)]);
  const permissions: Permission[] = [];
  const add = (group: string, resource: string, verbs: readonly string[], needed = true): void => {
    for (const verb of verbs) permissions.push({ verb, group, resource, namespace, needed });
  };
  for (const [kind, { group, resource }] of Object.entries(RESOURCES)) {
    if (written.has(kind)) add(group, resource, [...READ, ...WRITE]);
    else if (WATCHED.includes(kind)) add(group, resource, READ);
    // How a step began is recorded with everything in it.
    else add(group, resource, ['list']);
  }
  // Checks run in the client pod. The request is a GET that is upgraded; newer servers ask for `create`, too.
  add('', 'pods/exec', ['create', 'get']);
  add('', 'pods/log', ['get'], false);
  add('', 'events', ['list', 'watch'], false);
  // Only where a learner writes endpoints by hand. The role `edit` does not hold it.
  if (!written.has('EndpointSlice')) add('discovery.k8s.io', 'endpointslices', WRITE, false);
  return permissions;
}

/** What it takes to make namespaces for labs, and to remove them. */
export const MAKING_NAMESPACES: readonly Permission[] = ['get', 'create', 'delete'].map((verb) => ({
  verb,
  group: '',
  resource: 'namespaces',
  needed: true,
}));

/** As kubectl says it: `create pods in shop`. */
export function permissionText({ verb, group, resource, namespace }: Permission): string {
  const [plural = '', subresource] = resource.split('/');
  const named = [
    group === '' ? plural : `${plural}.${group}`,
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `${verb} ${named.join('/')}${namespace === undefined ? '' : ` in ${namespace}`}`;
}

/** Those that the user lacks, as the cluster itself says (SelfSubjectAccessReview). */
export async function lackingPermissions(
  kube: Pick<KubeClient, 'create'>,
  permissions: readonly Permission[],
): Promise<Permission[]> {
  // Who may do everything is not asked a hundred times.
  if (await isAllowed(kube, { verb: '*', group: '*', resource: '*', needed: true })) return [];
  const allowed = await Promise.all(permissions.map((permission) => isAllowed(kube, permission)));
  return permissions.filter((_, index) => allowed[index] !== true);
}

async function isAllowed(
  kube: Pick<KubeClient, 'create'>,
  { verb, group, resource, namespace }: Permission,
): Promise<boolean> {
  const [plural = '', subresource] = resource.split('/');
  // Who may not even ask may do nothing.
  const review = await unlessForbidden(
    kube.create({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: { name: '' },
      spec: {
        resourceAttributes: {
          verb,
          group,
          resource: plural,
          ...(subresource !== undefined && { subresource }),
          ...(namespace !== undefined && { namespace }),
        },
      },
    }),
  );
  return (review?.['status'] as { allowed?: boolean } | undefined)?.allowed === true;
}
