import type { Secret, ServiceAccount } from '../api/objects.ts';
import { SECRETS, SERVICE_ACCOUNTS } from '../api/resources.ts';
import { disposeAll, type ControllerContext } from './controller.ts';
import { keyOf, splitKey, WorkQueue } from './work-queue.ts';

const TOKEN_TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

/** Where the controller gets what it writes. */
export interface SecretTokens {
  /** PEM of the cluster's certificate authority. */
  caCertificate: string;
  issueForSecret(account: ServiceAccount, secretName: string): string;
}

/**
 * Fills Secrets of type kubernetes.io/service-account-token, and deletes those whose ServiceAccount is gone
 * (k8s.io/kubernetes/pkg/controller/serviceaccount/tokens_controller.go).
 */
export function startTokensController({ api, clock }: ControllerContext, tokens: SecretTokens): Disposable {
  const queue = new WorkQueue(clock, (key) => {
    const { namespace, name } = splitKey(key);
    const secret = api.get(SECRETS, namespace, name);
    if (secret === undefined || !isToken(secret)) return;
    const { annotations = {} } = secret.metadata;
    const account = api.get(SERVICE_ACCOUNTS, namespace, annotations[ACCOUNT_NAME] ?? '');
    const uid = annotations[ACCOUNT_UID] ?? '';
    if (account === undefined || (uid !== '' && uid !== account.metadata.uid)) {
      api.delete(SECRETS, namespace, name, { preconditions: { uid: secret.metadata.uid } });
      return;
    }
    const encode = (text: string): string => Buffer.from(text).toString('base64');
    const wanted = { 'ca.crt': encode(tokens.caCertificate), namespace: encode(namespace) };
    const token = secret.data?.['token'] ?? encode(tokens.issueForSecret(account, name));
    api.mutate(SECRETS, namespace, name, (draft) => {
      draft.metadata.annotations = { ...draft.metadata.annotations, [ACCOUNT_UID]: account.metadata.uid };
      draft.data = { ...draft.data, ...wanted, token };
    });
  });
  return disposeAll([
    queue,
    api.watch(SECRETS, ({ type, object }) => {
      if (type !== 'DELETED' && isToken(object)) queue.add(keyOf(object));
    }),
    api.watch(SERVICE_ACCOUNTS, ({ type, object: { metadata } }) => {
      if (type !== 'DELETED') return;
      const { namespace = '', name } = metadata;
      for (const secret of api.list(SECRETS, { namespace }))
        if (isToken(secret) && secret.metadata.annotations?.[ACCOUNT_NAME] === name) queue.add(keyOf(secret));
    }),
  ]);
}

function isToken({ type }: Secret): boolean {
  return type === TOKEN_TYPE;
}
