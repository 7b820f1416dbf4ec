import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS, type ResourceType } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { WorkQueue } from './work-queue.ts';

const ROOT_CA = 'kube-root-ca.crt';
const ROOT_CA_DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
  'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of ' +
  'Kubernetes clusters.';

/** Gives every namespace its `default` ServiceAccount. */
export function startServiceAccountController(context: ControllerContext): Disposable {
  const { api } = context;
  return eachNamespace(context, SERVICE_ACCOUNTS, 'default', (namespace) => {
    if (api.get(SERVICE_ACCOUNTS, namespace, 'default') !== undefined) return;
    api.create(SERVICE_ACCOUNTS, {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { namespace, name: 'default' },
    });
  });
}

/**
 * Publishes the cluster's certificate authority in every namespace (root-ca-cert-publisher).
 * @param certificate PEM.
 */
export function startRootCaPublisher(context: ControllerContext, certificate: string): Disposable {
  const { api } = context;
  const data = { 'ca.crt': certificate };
  return eachNamespace(context, CONFIG_MAPS, ROOT_CA, (namespace) => {
    if (api.get(CONFIG_MAPS, namespace, ROOT_CA) === undefined)
      api.create(CONFIG_MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          namespace,
          name: ROOT_CA,
          annotations: { 'kubernetes.io/description': ROOT_CA_DESCRIPTION },
        },
        data,
      });
    else
      api.mutate(CONFIG_MAPS, namespace, ROOT_CA, (draft) => {
        draft.data = data;
      });
  });
}

/** Runs `ensure` for each active namespace, and again when the object it keeps there changes. */
function eachNamespace(
  { api, clock }: ControllerContext,
  type: ResourceType,
  name: string,
  ensure: (namespace: string) => void,
): Disposable {
  const queue = new WorkQueue(clock, (namespace) => {
    const found = api.get(NAMESPACES, undefined, namespace);
    if (found !== undefined && found.metadata.deletionTimestamp === undefined) ensure(namespace);
  });
  return disposeAll([
    queue,
    api.watch(NAMESPACES, ({ object }) => queue.add(object.metadata.name)),
    api.watch(type, ({ type: change, object }) => {
      if (change !== 'ADDED' && object.metadata.name === name) queue.add(object.metadata.namespace ?? '');
    }),
  ]);
}
