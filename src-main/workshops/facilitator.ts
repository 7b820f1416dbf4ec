import { readFile } from 'node:fs/promises';
import { isMap, parseDocument } from 'yaml';
import { AppError } from '#shared/app-error.ts';
import { createKubeClient, type KubeClient } from '../kube/client.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { Transport } from '../kube/transport.ts';
import { wordsOf } from '../store/problems.ts';
import type { ServerAddress } from './learner-kubeconfig.ts';

/** A token, and when it ends (ISO 8601): the server may give less than it was asked for. */
export interface IssuedToken {
  token: string;
  validUntil: string;
}

/** A cluster, with the rights of whoever prepares it for others. */
export interface Facilitator {
  kube: KubeClient;
  address: ServerAddress;
  /** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
  requestToken(namespace: string, serviceAccount: string, seconds: number): Promise<IssuedToken>;
  close(): Promise<void>;
}

/**
 * @param context of the kubeconfig; its current one when left out
 * @throws AppError `kubeconfig-unreadable`, `kubeconfig-unusable`
 */
export async function openFacilitator(file: string, context: string | undefined): Promise<Facilitator> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError({
      code: 'kubeconfig-unreadable',
      message: { en: `${file} could not be read.`, ko: `${file} 파일을 읽을 수 없습니다.` },
      fix: {
        en: 'Give the path of a kubeconfig file with --kubeconfig.',
        ko: '--kubeconfig로 kubeconfig 파일의 경로를 지정하세요.',
      },
      detail: wordsOf(error),
    });
  });
  const chosen = context === undefined ? text : withContext(text, context);
  const access = parseKubeconfig(chosen, file);
  const kube = createKubeClient(chosen, file);
  const transport = new Transport(access);
  return {
    kube,
    address: access,
    async requestToken(namespace, serviceAccount, seconds) {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
      const { body } = await transport.request('POST', path, {
        body: JSON.stringify({
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: { expirationSeconds: seconds },
        }),
      });
      const { status } = body as { status: { token: string; expirationTimestamp: string } };
      return { token: status.token, validUntil: status.expirationTimestamp };
    },
    close: async () => {
      await Promise.all([kube.close(), transport.close()]);
    },
  };
}

/** The kubeconfig with another current context. What is wrong with it is for its reader to say. */
function withContext(text: string, context: string): string {
  const document = parseDocument(text);
  if (isMap(document.contents)) document.set('current-context', context);
  return document.toString();
}
