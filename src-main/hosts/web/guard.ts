import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What of a request decides whether it is let in. */
export interface RequestFacts {
  method: string;
  host: string | undefined;
  origin: string | undefined;
  /** Fetch metadata (https://www.w3.org/TR/fetch-metadata/), sent by every current browser. */
  fetchSite: string | undefined;
  fetchMode: string | undefined;
  cookie: string | undefined;
}

export interface GuardOptions {
  port: number;
  /** Lets a browser in once, in the address that was printed. */
  token: string;
  /** What a browser that was let in keeps. */
  session: string;
}

/** Names under which this machine's loopback is reached. Nothing else may be in Host: DNS rebinding. */
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost'];

/** A secret that cannot be guessed, fit for addresses and cookies. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Decides who may talk to the web host. Every request passes {@link admits} first. */
export class Guard {
  readonly cookieName: string;
  readonly #options: GuardOptions;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor(options: GuardOptions) {
    this.#options = options;
    // Cookies are shared by all ports of a host name, so two copies side by side need two names.
    this.cookieName = `switchyard-${options.port}`;
    this.#hosts = new Set(LOOPBACK_NAMES.map((name) => `${name}:${options.port}`));
    this.#origins = new Set([...this.#hosts].map((host) => `http://${host}`));
  }

  /** True when the request was meant for this server and comes from its own pages, or from no page. */
  admits({ method, host, origin, fetchSite, fetchMode }: RequestFacts): boolean {
    if (method !== 'GET' && method !== 'HEAD') return false;
    if (host === undefined || !this.#hosts.has(host.toLowerCase())) return false;
    if (origin !== undefined && !this.#origins.has(origin)) return false;
    // Opening the page from a link elsewhere is a navigation; other pages may not load anything from here.
    const foreign = fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
    return !foreign || fetchMode === 'navigate';
  }

  /** A WebSocket needs its Origin: browsers always send it, and CORS does not protect WebSockets. */
  admitsSocket(facts: RequestFacts): boolean {
    return (
      this.admits(facts) &&
      facts.origin === `http://${facts.host?.toLowerCase() ?? ''}` &&
      this.hasSession(facts)
    );
  }

  hasSession({ cookie }: RequestFacts): boolean {
    return (cookie ?? '').split(';').some((pair) => {
      const at = pair.indexOf('=');
      return (
        pair.slice(0, at).trim() === this.cookieName && same(pair.slice(at + 1).trim(), this.#options.session)
      );
    });
  }

  isToken(text: string): boolean {
    return same(text, this.#options.token);
  }

  /** The header that makes a browser remember the session: out of scripts' reach, never sent by other sites. */
  setCookie(): string {
    return `${this.cookieName}=${this.#options.session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000`;
  }
}

/** Compares secrets without telling by its time how far they agree. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
