import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { isJsonObject } from '../../store/json.ts';
import type { ClusterApi } from '../cluster-api.ts';
import type { KubeObject, Node, Pod, Secret, ServiceAccount } from '../objects.ts';
import { NODES, PODS, SECRETS, SERVICE_ACCOUNTS } from '../resources.ts';
import { TokenSigner, type Claims } from './json-web-token.ts';
import { AUTHENTICATED, serviceAccountUser, type User } from './user.ts';

/** Who signs tokens, and who they are for when nothing else is said. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const LEGACY_CLAIM = 'kubernetes.io/serviceaccount';
const EXTRA = 'authentication.kubernetes.io';

/** What pods are given asks for this lifetime; so that old programs go on, the token is good for a year. */
const WARN_ONLY_SECONDS = 3607;
const EXTENDED_SECONDS = 365 * 24 * 3600;
/** A pod gets a new token when this much of the old one's life is over, or a day. */
const FRESH_SHARE = 0.8;
const LONGEST_USE_MS = 24 * 3600 * 1000;
/** So many tokens of pods are kept; with more, some are signed anew before their time. */
const MAX_HELD = 5000;
/** Clocks may differ by as much. */
const LEEWAY_SECONDS = 60;

/** Why a token says nothing about who comes with it. Empty when it is not one of ours at all. */
export class TokenError extends Error {}

export interface TokenOptions {
  /** Default: the API server itself. */
  audiences?: readonly string[];
  expirationSeconds: number;
  /** What the token dies with, beside its ServiceAccount. */
  pod?: Pod;
  secret?: Secret;
  node?: Node;
}

/** What a pod's token is to be like. */
export interface PodTokenRequest {
  pod: Pod;
  /** Default: the API server. */
  audience?: string;
  expirationSeconds: number;
}

export interface Authenticated {
  user: User;
  /** For whom the token is, of those that were asked about. */
  audiences: string[];
}

interface Reference {
  name: string;
  uid: string;
}

/** Issues the tokens of ServiceAccounts and knows them again (k8s.io/kubernetes/pkg/serviceaccount). */
export class ServiceAccountTokens {
  readonly #api: ClusterApi;
  readonly #clock: Clock;
  readonly #signer: TokenSigner;
  /** Tokens whose signature was found to be right, and what they say. */
  readonly #genuine = new Map<string, Claims>();
  /** The tokens that pods have, by pod, audience and lifetime. */
  readonly #held = new Map<string, { token: string; until: number }>();

  /** @param options.signingKey PEM of a private P-256 key. */
  constructor(options: { api: ClusterApi; clock: Clock; signingKey: string }) {
    this.#api = options.api;
    this.#clock = options.clock;
    this.#signer = new TokenSigner(options.signingKey);
  }

  issue(account: ServiceAccount, options: TokenOptions): string {
    const { audiences = [ISSUER], expirationSeconds, pod, secret } = options;
    const now = Math.floor(this.#clock.now() / 1000);
    const { namespace = '', name } = account.metadata;
    const nodeName = pod?.spec.nodeName ?? '';
    const node = options.node ?? (nodeName === '' ? undefined : this.#api.get(NODES, undefined, nodeName));
    const extended =
      pod !== undefined &&
      expirationSeconds === WARN_ONLY_SECONDS &&
      audiences.every((audience) => audience === ISSUER);
    return this.#signer.sign({
      aud: audiences,
      exp: now + (extended ? EXTENDED_SECONDS : expirationSeconds),
      iat: now,
      iss: ISSUER,
      jti: randomUUID(),
      'kubernetes.io': {
        namespace,
        ...(node === undefined ? {} : { node: referenceTo(node) }),
        ...(pod === undefined ? {} : { pod: referenceTo(pod) }),
        ...(secret === undefined ? {} : { secret: referenceTo(secret) }),
        serviceaccount: referenceTo(account),
        ...(extended ? { warnafter: now + WARN_ONLY_SECONDS } : {}),
      },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    });
  }

  /**
   * What a kubelet puts into a volume: the same token until it is due for another
   * (k8s.io/kubernetes/pkg/kubelet/token). Undefined when the pod's ServiceAccount is not there.
   */
  tokenForPod({ pod, audience = ISSUER, expirationSeconds }: PodTokenRequest): string | undefined {
    const { namespace = '', name, uid } = pod.metadata;
    const key = `${namespace}/${name} ${uid} ${audience} ${expirationSeconds}`;
    const now = this.#clock.now();
    const held = this.#held.get(key);
    if (held !== undefined && now < held.until) return held.token;
    const account = this.#api.get(SERVICE_ACCOUNTS, namespace, pod.spec.serviceAccountName ?? '');
    if (account === undefined) return undefined;
    if (this.#held.size >= MAX_HELD) this.#held.clear();
    const token = this.issue(account, { pod, expirationSeconds, audiences: [audience] });
    const use = Math.min(expirationSeconds * 1000 * FRESH_SHARE, LONGEST_USE_MS);
    this.#held.set(key, { token, until: now + use });
    return token;
  }

  /** The token of a Secret of type kubernetes.io/service-account-token: it has no end. */
  issueForSecret(account: ServiceAccount, secretName: string): string {
    const { namespace = '', name, uid } = account.metadata;
    return this.#signer.sign({
      iss: LEGACY_ISSUER,
      [`${LEGACY_CLAIM}/namespace`]: namespace,
      [`${LEGACY_CLAIM}/secret.name`]: secretName,
      [`${LEGACY_CLAIM}/service-account.name`]: name,
      [`${LEGACY_CLAIM}/service-account.uid`]: uid,
      sub: `system:serviceaccount:${namespace}:${name}`,
    });
  }

  /**
   * Whose token this is.
   * @param wanted for whom the token must be; at least one of them.
   * @throws TokenError for one that is not ours, has expired, or whose ServiceAccount, pod or Secret is gone.
   */
  authenticate(token: string, wanted: readonly string[] = [ISSUER]): Authenticated {
    const claims = this.#claimsOf(token);
    if (claims === undefined) throw new TokenError();
    if (claims['iss'] === LEGACY_ISSUER)
      return { user: this.#legacyUser(claims, token), audiences: meet([ISSUER], wanted) };
    const audiences = meet(texts(claims['aud']), wanted);
    const now = this.#clock.now() / 1000;
    if (typeof claims['exp'] === 'number' && now > claims['exp'] + LEEWAY_SECONDS)
      throw new TokenError('service account token has expired');
    return { user: this.#user(claims), audiences };
  }

  keySet(): object {
    return this.#signer.keySet();
  }

  #claimsOf(token: string): Claims | undefined {
    const known = this.#genuine.get(token);
    if (known !== undefined) return known;
    const claims = this.#signer.verify(token);
    if (claims === undefined) return undefined;
    if (this.#genuine.size >= MAX_HELD) this.#genuine.clear();
    this.#genuine.set(token, claims);
    return claims;
  }

  #user(claims: Claims): User {
    const about = claims['kubernetes.io'];
    const { namespace, pod, node, secret, serviceaccount } = isJsonObject(about) ? about : {};
    if (typeof namespace !== 'string' || !isReference(serviceaccount)) throw new TokenError();
    this.#requireAccount(namespace, serviceaccount);
    if (isReference(secret)) requireSame('secret', secret, this.#api.get(SECRETS, namespace, secret.name));
    if (isReference(pod)) requireSame('pod', pod, this.#api.get(PODS, namespace, pod.name));
    else if (isReference(node)) requireSame('node', node, this.#api.get(NODES, undefined, node.name));
    const extra = {
      [`${EXTRA}/credential-id`]: [`JTI=${String(claims['jti'])}`],
      ...(isReference(node) && { [`${EXTRA}/node-name`]: [node.name], [`${EXTRA}/node-uid`]: [node.uid] }),
      ...(isReference(pod) && { [`${EXTRA}/pod-name`]: [pod.name], [`${EXTRA}/pod-uid`]: [pod.uid] }),
    };
    return { ...userOf(namespace, serviceaccount), extra };
  }

  #legacyUser(claims: Claims, token: string): User {
    const claim = (name: string): string => {
      const value = claims[`${LEGACY_CLAIM}/${name}`];
      return typeof value === 'string' ? value : '';
    };
    const namespace = claim('namespace');
    const account = { name: claim('service-account.name'), uid: claim('service-account.uid') };
    const secret = this.#api.get(SECRETS, namespace, claim('secret.name'));
    if (secret?.data?.['token'] !== Buffer.from(token).toString('base64'))
      throw new TokenError('Token has been invalidated');
    this.#requireAccount(namespace, account);
    return userOf(namespace, account);
  }

  #requireAccount(namespace: string, { name, uid }: Reference): void {
    const account = this.#api.get(SERVICE_ACCOUNTS, namespace, name);
    if (account === undefined) throw new TokenError(`serviceaccounts ${JSON.stringify(name)} not found`);
    if (account.metadata.uid !== uid)
      throw new TokenError(`service account UID (${account.metadata.uid}) does not match claim (${uid})`);
  }
}

function userOf(namespace: string, { name, uid }: Reference): User {
  const { username, groups } = serviceAccountUser(namespace, name);
  return { username, uid, groups: [...groups, AUTHENTICATED] };
}

function requireSame(kind: string, claimed: Reference, found: KubeObject | undefined): void {
  if (found === undefined) throw new TokenError('service account token has been invalidated');
  const { uid } = found.metadata;
  if (uid !== claimed.uid)
    throw new TokenError(
      `${kind} UID (${uid}) does not match service account ${kind} ref claim (${claimed.uid})`,
    );
}

/** @throws TokenError when there is none that both have. */
function meet(audiences: readonly string[], wanted: readonly string[]): string[] {
  const common = audiences.filter((audience) => wanted.includes(audience));
  if (common.length > 0) return common;
  const show = (list: readonly string[]): string => `[${list.map((item) => JSON.stringify(item)).join(' ')}]`;
  throw new TokenError(
    `token audiences ${show(audiences)} is invalid for the target audiences ${show(wanted)}`,
  );
}

function referenceTo({ metadata }: KubeObject): Reference {
  return { name: metadata.name, uid: metadata.uid };
}

function isReference(value: unknown): value is Reference & Record<string, unknown> {
  return isJsonObject(value) && typeof value['name'] === 'string' && typeof value['uid'] === 'string';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
