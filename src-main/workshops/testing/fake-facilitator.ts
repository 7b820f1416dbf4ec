import { KubeStatusError, type KubeUnreachableError } from '../../kube/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { FakeKube } from '../../kube/testing/fake-kube.ts';
import { node } from '../../kube/testing/ready-nodes.ts';
import type { Facilitator } from '../facilitator.ts';

/** A cluster in memory that answers what workshops ask, and may be told to refuse. For tests. */
export class FakeFacilitator extends FakeKube implements Facilitator {
  readonly kube = this;
  readonly address = { server: this.server, ca: Buffer.from('the CA'), insecure: false };
  /** What may not be done: `create namespaces`, with `/subresource`. */
  readonly denied = new Set<string>();
  /** Answers to the next requests that create something of a kind. */
  readonly mishaps = new Map<string, (KubeStatusError | KubeUnreachableError)[]>();
  /** The most that a token is good for, in seconds. */
  longestToken = Infinity;
  /** Every token that was given, by account. */
  readonly tokens: string[] = [];
  readonly #now: () => number;

  constructor(now: () => number, server = 'https://big.example.org:6443') {
    super(server);
    this.#now = now;
    this.put(node('node-1', true));
  }

  override async create(object: KubeObject): Promise<KubeObject> {
    if (object.kind === 'SelfSubjectAccessReview')
      return { ...object, status: { allowed: this.#may(object) } };
    const mishap = this.mishaps.get(object.kind)?.shift();
    if (mishap !== undefined) throw mishap;
    const { name } = object.metadata;
    if ((await this.get({ ...object, ...object.metadata })) !== undefined)
      throw new KubeStatusError(
        409,
        { reason: 'AlreadyExists', message: `${name} already exists` },
        'create',
      );
    return super.create(object);
  }

  requestToken(namespace: string, account: string, seconds: number): ReturnType<Facilitator['requestToken']> {
    const token = `token-${namespace}-${account}-${this.tokens.length}`;
    this.tokens.push(token);
    const validUntil = new Date(this.#now() + Math.min(seconds, this.longestToken) * 1000).toISOString();
    return Promise.resolve({ token, validUntil });
  }

  /** Names of everything of a kind: `alice-shop/switchyard-learner`. */
  names(kind: string): string[] {
    return this.all(kind)
      .map(({ metadata }) => [metadata.namespace, metadata.name].filter(Boolean).join('/'))
      .sort();
  }

  #may(review: KubeObject): boolean {
    const { resourceAttributes: asked } = review['spec'] as {
      resourceAttributes: { verb: string; resource: string; subresource?: string };
    };
    const { verb, resource, subresource } = asked;
    return !this.denied.has(`${verb} ${[resource, subresource].filter(Boolean).join('/')}`);
  }
}
