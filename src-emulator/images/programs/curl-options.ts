import { UsageFailure } from './support.ts';

export interface CurlOptions {
  urls: string[];
  method: string | undefined;
  headers: string[];
  data: string[] | undefined;
  asQuery: boolean;
  output: string | undefined;
  remoteName: boolean;
  writeOut: string | undefined;
  maxTimeMs: number | undefined;
  connectTimeoutMs: number | undefined;
  resolve: string[];
  connectTo: string[];
  userAgent: string | undefined;
  user: string | undefined;
  referer: string | undefined;
  cookie: string | undefined;
  caFile: string | undefined;
  silent: boolean;
  showError: boolean;
  fail: boolean;
  failWithBody: boolean;
  verbose: boolean;
  include: boolean;
  head: boolean;
  insecure: boolean;
  location: boolean;
  maxRedirects: number;
  retries: number;
  retryDelayMs: number;
  retryConnectionRefused: boolean;
  interface: string | undefined;
}

type Apply = (options: CurlOptions, value: string) => void;

const addData =
  (transform: (value: string) => string): Apply =>
  (options, value) =>
    (options.data ??= []).push(transform(value));

/** Options that take a value, by long name. */
const VALUES: Record<string, Apply> = {
  request: (o, v) => (o.method = v),
  header: (o, v) => o.headers.push(v),
  data: addData((v) => v),
  'data-ascii': addData((v) => v),
  'data-raw': addData((v) => (v.startsWith('@') ? `\\${v}` : v)),
  'data-binary': addData((v) => v),
  'data-urlencode': addData(urlencode),
  json: (o, v) => {
    (o.data ??= []).push(v);
    o.headers.push('Content-Type: application/json', 'Accept: application/json');
  },
  output: (o, v) => (o.output = v),
  'write-out': (o, v) => (o.writeOut = v),
  'max-time': (o, v) => (o.maxTimeMs = seconds('-m', v)),
  'connect-timeout': (o, v) => (o.connectTimeoutMs = seconds('--connect-timeout', v)),
  resolve: (o, v) => o.resolve.push(v),
  'connect-to': (o, v) => o.connectTo.push(v),
  'user-agent': (o, v) => (o.userAgent = v),
  user: (o, v) => (o.user = v),
  referer: (o, v) => (o.referer = v),
  cookie: (o, v) => (o.cookie = v),
  cacert: (o, v) => (o.caFile = v),
  url: (o, v) => o.urls.push(v),
  'max-redirs': (o, v) => (o.maxRedirects = Number(v)),
  retry: (o, v) => (o.retries = Number(v)),
  'retry-delay': (o, v) => (o.retryDelayMs = seconds('--retry-delay', v)),
  'retry-max-time': () => undefined,
  interface: (o, v) => (o.interface = v),
};

/** Options without a value, by long name. */
const FLAGS: Record<string, Apply> = {
  silent: (o) => (o.silent = true),
  'show-error': (o) => (o.showError = true),
  fail: (o) => (o.fail = true),
  'fail-with-body': (o) => (o.failWithBody = true),
  verbose: (o) => (o.verbose = true),
  include: (o) => (o.include = true),
  'show-headers': (o) => (o.include = true),
  head: (o) => (o.head = true),
  insecure: (o) => (o.insecure = true),
  location: (o) => (o.location = true),
  get: (o) => (o.asQuery = true),
  'remote-name': (o) => (o.remoteName = true),
  'retry-connrefused': (o) => (o.retryConnectionRefused = true),
  'retry-all-errors': (o) => (o.retryConnectionRefused = true),
  // These change nothing here: HTTP/1.1 over IPv4 without progress meter, proxy or buffering is what there is.
  'http1.1': () => undefined,
  ipv4: () => undefined,
  'no-buffer': () => undefined,
  'no-progress-meter': () => undefined,
  'no-keepalive': () => undefined,
  'path-as-is': () => undefined,
  globoff: () => undefined,
  'progress-bar': () => undefined,
  compressed: () => undefined,
};

const LETTERS: Record<string, string> = {
  X: 'request', H: 'header', d: 'data', o: 'output', w: 'write-out', m: 'max-time', A: 'user-agent', u: 'user',
  e: 'referer', b: 'cookie', s: 'silent', S: 'show-error', f: 'fail', v: 'verbose', i: 'include', I: 'head',
  k: 'insecure', L: 'location', G: 'get', O: 'remote-name', '4': 'ipv4', N: 'no-buffer', g: 'globoff',
  '#': 'progress-bar',
}; // prettier-ignore

/** Reads curl's command line. @throws UsageFailure (status 2) in curl's words. */
export function parseCurlOptions(args: readonly string[]): CurlOptions {
  const options: CurlOptions = {
    urls: [],
    method: undefined,
    headers: [],
    data: undefined,
    asQuery: false,
    output: undefined,
    remoteName: false,
    writeOut: undefined,
    maxTimeMs: undefined,
    connectTimeoutMs: undefined,
    resolve: [],
    connectTo: [],
    userAgent: undefined,
    user: undefined,
    referer: undefined,
    cookie: undefined,
    caFile: undefined,
    silent: false,
    showError: false,
    fail: false,
    failWithBody: false,
    verbose: false,
    include: false,
    head: false,
    insecure: false,
    location: false,
    maxRedirects: 50,
    retries: 0,
    retryDelayMs: 0,
    retryConnectionRefused: false,
    interface: undefined,
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg.startsWith('--') && arg !== '--') {
      const name = arg.slice(2);
      const withValue = VALUES[name];
      const flag = FLAGS[name];
      if (withValue !== undefined) {
        const value = args[++at];
        if (value === undefined) throw usage(`option ${arg}: requires parameter`);
        withValue(options, value);
      } else if (flag !== undefined) flag(options, '');
      else throw usage(`option ${arg}: is unknown`);
    } else if (/^-./.test(arg) && arg !== '--') {
      for (let letterAt = 1; letterAt < arg.length; letterAt++) {
        const name = LETTERS[arg[letterAt] ?? ''] ?? '';
        const withValue = VALUES[name];
        if (withValue !== undefined) {
          const value = letterAt + 1 < arg.length ? arg.slice(letterAt + 1) : args[++at];
          if (value === undefined) throw usage(`option ${arg}: requires parameter`);
          withValue(options, value);
          break;
        }
        const flag = FLAGS[name];
        if (flag === undefined) throw usage(`option ${arg}: is unknown`);
        flag(options, '');
      }
    } else if (arg !== '--') options.urls.push(arg);
  }
  return options;
}

function usage(message: string): UsageFailure {
  return new UsageFailure(`${message}\ncurl: try 'curl --help' for more information`, 2);
}

function seconds(option: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw usage(`option ${option}: expected a proper numerical parameter`);
  return value * 1000;
}

function urlencode(value: string): string {
  const at = value.indexOf('=');
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return at === -1
    ? encode(value)
    : `${value.slice(0, at)}${at === 0 ? '' : '='}${encode(value.slice(at + 1))}`;
}
