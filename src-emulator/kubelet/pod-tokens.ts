import type { Clock } from '../clock.ts';
import type { TokenRequest } from './kubelet-context.ts';

/** When a token is replaced: after four fifths of its life, and after a day at the latest. */
const RENEWED_AFTER = 0.8;
const MAX_AGE_MS = 24 * 3_600_000;

/**
 * The ServiceAccount tokens of one pod: each is used until it grows old, and not signed anew every time that its
 * volume is looked after (k8s.io/kubernetes/pkg/kubelet/token/token_manager.go).
 */
export class PodTokens {
  readonly #clock: Clock;
  readonly #sign: (request: TokenRequest) => string | undefined;
  readonly #tokens = new Map<string, { token: string; signedMs: number }>();

  constructor(clock: Clock, sign: (request: TokenRequest) => string | undefined) {
    this.#clock = clock;
    this.#sign = sign;
  }

  /** Undefined when the ServiceAccount is not there. */
  get(request: TokenRequest): string | undefined {
    const key = JSON.stringify([request.audience, request.expirationSeconds]);
    const now = this.#clock.now();
    const known = this.#tokens.get(key);
    const lifeMs = Math.min(request.expirationSeconds * 1000 * RENEWED_AFTER, MAX_AGE_MS);
    if (known !== undefined && now - known.signedMs < lifeMs) return known.token;
    const token = this.#sign(request);
    if (token !== undefined) this.#tokens.set(key, { token, signedMs: now });
    return token ?? known?.token;
  }
}
