import type { WriteContext } from '../kind-definition.ts';
import type { Pod } from '../objects.ts';
import { PODS, SERVICE_ACCOUNTS } from '../resources.ts';
import { forbidden } from '../status.ts';
import type { FullPodSpec } from './pod-spec-types.ts';

const DEFAULT_ACCOUNT = 'default';
const TOKEN_VOLUME_PREFIX = 'kube-api-access-';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A little more than an hour: the sign by which the server knows a token that pods get unasked. */
const TOKEN_SECONDS = 3607;
const FILE_MODE = 0o644;

/**
 * Gives a pod its ServiceAccount, and the account's token and pull secrets (the admission plug-in
 * k8s.io/kubernetes/plugin/pkg/admission/serviceaccount).
 * @throws ApiError 403 for an account that does not exist. The one called default is only about to.
 */
export function admitServiceAccount(pod: Pod, context: WriteContext): void {
  const spec: FullPodSpec = pod.spec;
  const { name, namespace = '' } = pod.metadata;
  // An empty name is none.
  const accountName = spec.serviceAccountName || DEFAULT_ACCOUNT;
  spec.serviceAccountName = accountName;
  spec.serviceAccount = accountName;
  const account = context.get(SERVICE_ACCOUNTS, namespace, accountName);
  if (account === undefined && accountName !== DEFAULT_ACCOUNT)
    throw forbidden(
      PODS,
      name,
      `error looking up service account ${namespace}/${accountName}: serviceaccount ${JSON.stringify(accountName)} not found`,
    );
  if (spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true)
    mountToken(spec, context);
  if ((spec.imagePullSecrets ?? []).length === 0 && (account?.imagePullSecrets ?? []).length > 0)
    spec.imagePullSecrets = account?.imagePullSecrets?.map((secret) => ({ name: secret.name })) ?? [];
}

function mountToken(spec: FullPodSpec, context: WriteContext): void {
  const existing = spec.volumes?.find(({ name }) => name.startsWith(TOKEN_VOLUME_PREFIX));
  const name = existing?.name ?? context.generateName(TOKEN_VOLUME_PREFIX);
  let mounted = false;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    // Who mounts something there has their own idea.
    if (container.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH) === true) continue;
    container.volumeMounts = [
      ...(container.volumeMounts ?? []),
      { name, readOnly: true, mountPath: TOKEN_PATH },
    ];
    mounted = true;
  }
  if (!mounted || existing !== undefined) return;
  spec.volumes = [
    ...(spec.volumes ?? []),
    {
      name,
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          {
            downwardAPI: {
              items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
            },
          },
        ],
        defaultMode: FILE_MODE,
      },
    },
  ];
}
