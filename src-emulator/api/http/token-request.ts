import { isJsonObject } from '../../store/json.ts';
import { ISSUER, type ServiceAccountTokens, type TokenOptions } from '../auth/service-account-tokens.ts';
import type { FieldError } from '../kind-definition.ts';
import { formatTime } from '../machinery/deletion.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import type { KubeObject } from '../objects.ts';
import { NODES, PODS, SECRETS, SERVICE_ACCOUNTS, type ResourceType } from '../resources.ts';
import { badRequest, conflict, invalid, methodNotAllowed, notFound } from '../status.ts';
import * as field from '../validation/errors.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { decodeBody } from './request-options.ts';
import type { ResourceRoute } from './route.ts';

const TOKEN_REQUEST: ResourceType = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  plural: 'tokenrequests',
  namespaced: true,
};
const SCHEMA = 'io.k8s.api.authentication.v1.TokenRequest';
const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 600;
const LONGEST_SECONDS = 2 ** 32;

interface TokenRequest {
  metadata?: { name?: string; namespace?: string; uid?: string };
  spec?: {
    audiences?: string[];
    expirationSeconds?: number;
    boundObjectRef?: { kind?: string; apiVersion?: string; name?: string; uid?: string };
  };
}

/**
 * POST serviceaccounts/<name>/token: `kubectl create token`
 * (k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage/token.go).
 * @throws ApiError 400, 404, 405, 409, 422.
 */
export async function serveTokenRequest(
  machinery: ApiMachinery,
  tokens: ServiceAccountTokens,
  { namespace = '', name = '' }: ResourceRoute,
  exchange: Exchange,
): Promise<void> {
  if (exchange.method !== 'POST') throw methodNotAllowed();
  const request = (await decodeBody(machinery, SCHEMA, exchange)) as TokenRequest;
  const { metadata = {}, spec = {} } = request;
  refuse(name, mismatches(metadata, namespace, name));
  const account = machinery.get(SERVICE_ACCOUNTS, namespace, name);
  if (account === undefined) throw notFound(SERVICE_ACCOUNTS, name);
  const { uid } = account.metadata;
  if (metadata.uid && metadata.uid !== uid)
    throw conflict(
      { ...TOKEN_REQUEST, plural: TOKEN_REQUEST.kind },
      name,
      `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${uid})`,
    );
  const expirationSeconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
  refuse('', validateLifetime(expirationSeconds));
  const bound = boundObject(machinery, spec.boundObjectRef, namespace, name);
  const audiences = spec.audiences?.length ? spec.audiences : [ISSUER];
  const now = machinery.clock.now();
  const token = tokens.issue(account, { audiences, expirationSeconds, ...bound });
  sendJson(exchange.response, 201, {
    kind: TOKEN_REQUEST.kind,
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid, creationTimestamp: formatTime(now) },
    spec: { audiences, expirationSeconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: { token, expirationTimestamp: formatTime(now + expirationSeconds * 1000) },
  });
}

function mismatches(
  metadata: NonNullable<TokenRequest['metadata']>,
  namespace: string,
  name: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const check = (part: 'name' | 'namespace', wanted: string): void => {
    const given = metadata[part] ?? '';
    if (given !== '' && given !== wanted)
      errors.push(
        field.invalid(`metadata.${part}`, given, `must match the service account ${part} if specified`),
      );
  };
  check('name', name);
  check('namespace', namespace);
  return errors.slice(0, 1);
}

function validateLifetime(seconds: number): FieldError[] {
  const path = 'spec.expirationSeconds';
  if (seconds < SHORTEST_SECONDS)
    return [field.invalid(path, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > LONGEST_SECONDS)
    return [field.invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

function refuse(name: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(TOKEN_REQUEST, name, errors);
}

function boundObject(
  machinery: ApiMachinery,
  reference: NonNullable<TokenRequest['spec']>['boundObjectRef'],
  namespace: string,
  account: string,
): Pick<TokenOptions, 'pod' | 'secret' | 'node'> {
  if (!isJsonObject(reference)) return {};
  const { kind = '', apiVersion = '', name = '', uid = '' } = reference;
  const find = <T extends KubeObject>(type: ResourceType<T>): T => {
    const found = machinery.get(type, type.namespaced ? namespace : undefined, name);
    if (found === undefined) throw notFound(type, name);
    return found;
  };
  const same = <T extends KubeObject>(found: T): T => {
    if (uid !== '' && uid !== found.metadata.uid)
      throw conflict(
        { ...PODS, plural: kind },
        name,
        `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
      );
    return found;
  };
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  switch (group === '' ? kind : '') {
    case 'Pod': {
      const pod = find(PODS);
      if (pod.spec.serviceAccountName !== account)
        throw badRequest(
          `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
        );
      return { pod: same(pod) };
    }
    case 'Secret':
      return { secret: same(find(SECRETS)) };
    case 'Node':
      return { node: same(find(NODES)) };
    default:
      throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`);
  }
}
