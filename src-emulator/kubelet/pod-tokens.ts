import type { Pod, VolumeProjection } from '../api/objects.ts';
import type { Clock } from '../clock.ts';

type TokenProjection = NonNullable<VolumeProjection['serviceAccountToken']>;

/** Asks the API for a token of the pod's ServiceAccount. @throws Error when there is none to be had. */
export type RequestToken = (pod: Pod, request: { audience?: string; expirationSeconds: number }) => string;

const DEFAULT_SECONDS = 3600;
const LONGEST_USE_MS = 24 * 3600 * 1000;
/** A new token is asked for when this much of the old one's life is over. */
const FRESH_SHARE = 0.8;

/** The tokens that one pod's volumes hold: each is used until it is old (k8s.io/kubernetes/pkg/kubelet/token). */
export class PodTokens {
  readonly #clock: Clock;
  readonly #request: RequestToken;
  readonly #held = new Map<string, { token: string; until: number }>();

  constructor(clock: Clock, request: RequestToken) {
    this.#clock = clock;
    this.#request = request;
  }

  /** @throws Error when there is none to be had. */
  tokenFor(pod: Pod, { audience, expirationSeconds = DEFAULT_SECONDS }: TokenProjection): string {
    const key = `${audience ?? ''} ${expirationSeconds}`;
    const now = this.#clock.now();
    const held = this.#held.get(key);
    if (held !== undefined && now < held.until) return held.token;
    const token = this.#request(pod, {
      ...(audience === undefined || audience === '' ? {} : { audience }),
      expirationSeconds,
    });
    const life = expirationSeconds * 1000 * FRESH_SHARE;
    this.#held.set(key, { token, until: now + Math.min(life, LONGEST_USE_MS) });
    return token;
  }
}
