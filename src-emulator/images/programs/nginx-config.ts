/** A `server` block, as far as it is understood. */
export interface NginxServer {
  port: number;
  names: string[];
  root: string;
  defaultType: string;
  headers: Record<string, string>;
  respond: NginxResponse | undefined;
  locations: NginxLocation[];
}

export interface NginxResponse {
  status: number;
  text: string;
}

export interface NginxLocation {
  path: string;
  exact: boolean;
  root: string | undefined;
  defaultType: string | undefined;
  headers: Record<string, string>;
  respond: NginxResponse | undefined;
}

interface Directive {
  words: string[];
  line: number;
  block: Directive[] | undefined;
}

/** Directives of the stock files that change nothing here. */
const IGNORED = new Set([
  'user', 'worker_processes', 'error_log', 'pid', 'events', 'worker_connections', 'include', 'log_format', 'access_log',
  'sendfile', 'tcp_nopush', 'keepalive_timeout', 'gzip', 'error_page', 'index', 'types', 'charset', 'server_tokens',
  'internal', 'try_files', 'autoindex', 'tcp_nodelay', 'client_max_body_size', 'http',
]); // prettier-ignore

/** Reads a configuration file. What nginx itself would refuse, or what is not emulated, comes back as its message. */
export function parseNginxConfig(text: string, file: string): NginxServer[] | string {
  try {
    const directives = parseBlock(tokenize(text), { at: 0 }, file);
    const servers = directives.flatMap((each) => (each.words[0] === 'http' ? (each.block ?? []) : [each]));
    return servers.filter((each) => each.words[0] === 'server').map((each) => toServer(each, file, servers));
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

type ConfigToken = { text: string; line: number; quoted: boolean };

function tokenize(text: string): ConfigToken[] {
  const tokens: ConfigToken[] = [];
  let line = 1;
  for (const match of text.matchAll(
    /\n|#[^\n]*|"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|[{};]|(?:\$\{\w+\}|[^\s{};"'#])+/g,
  )) {
    const [whole, double, single] = match;
    if (!whole.startsWith('#') && whole !== '\n') {
      const quoted = double ?? single;
      const content = quoted?.replace(
        /\\(.)/g,
        (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char,
      );
      tokens.push({ text: content ?? whole, line, quoted: quoted !== undefined });
    }
    line += whole.split('\n').length - 1;
  }
  return tokens;
}

function parseBlock(
  tokens: readonly ConfigToken[],
  position: { at: number },
  file: string,
  depth = 0,
): Directive[] {
  const directives: Directive[] = [];
  let words: string[] = [];
  let line = 1;
  for (;;) {
    const token = tokens[position.at++];
    if (token === undefined) {
      if (words.length > 0 || depth > 0)
        throw new Error(
          `unexpected end of file, expecting "${words.length > 0 ? ';' : ''}}" in ${file}:${tokens.at(-1)?.line ?? 1}`,
        );
      return directives;
    }
    if (!token.quoted && token.text === ';') {
      if (words.length === 0) throw new Error(`unexpected ";" in ${file}:${token.line}`);
      directives.push({ words, line, block: undefined });
      words = [];
    } else if (!token.quoted && token.text === '{') {
      directives.push({ words, line, block: parseBlock(tokens, position, file, depth + 1) });
      words = [];
    } else if (!token.quoted && token.text === '}') {
      if (depth === 0 || words.length > 0) throw new Error(`unexpected "}" in ${file}:${token.line}`);
      return directives;
    } else {
      if (words.length === 0) line = token.line;
      words.push(token.text);
    }
  }
}

function toServer(directive: Directive, file: string, siblings: readonly Directive[]): NginxServer {
  const server: NginxServer = {
    port: 80,
    names: [],
    root: '/usr/share/nginx/html',
    defaultType:
      siblings.find((each) => each.words[0] === 'default_type')?.words[1] ?? 'application/octet-stream',
    headers: {},
    respond: undefined,
    locations: [],
  };
  for (const { words, block, line } of directive.block ?? []) {
    const [name = '', ...args] = words;
    if (name === 'listen') {
      const port = Number(/(\d+)$/.exec(args[0] ?? '')?.[1]);
      // The IPv6 twin of a listener is of no account on an IPv4 network.
      if (!(args[0] ?? '').startsWith('[')) server.port = port;
    } else if (name === 'server_name') server.names = args;
    else if (name === 'root') server.root = args[0] ?? '';
    else if (name === 'location') {
      if (args[0]?.startsWith('~') === true)
        throw new Error(
          `location "${args.join(' ')}" with a regular expression is not emulated in ${file}:${line}`,
        );
      server.locations.push(toLocation(args, block ?? [], file));
    } else applyCommon(server, name, args, line, file);
  }
  return server;
}

function toLocation(args: readonly string[], block: readonly Directive[], file: string): NginxLocation {
  const exact = args[0] === '=';
  const location: NginxLocation = {
    path: (exact || args[0] === '^~' ? args[1] : args[0]) ?? '/',
    exact,
    root: undefined,
    defaultType: undefined,
    headers: {},
    respond: undefined,
  };
  for (const { words, line } of block) {
    const [name = '', ...rest] = words;
    if (name === 'root') location.root = rest[0] ?? '';
    else applyCommon(location, name, rest, line, file);
  }
  return location;
}

function applyCommon(
  target: {
    headers: Record<string, string>;
    respond: NginxResponse | undefined;
    defaultType: string | undefined;
  },
  name: string,
  args: readonly string[],
  line: number,
  file: string,
): void {
  if (name === 'return') {
    const status = Number(args[0]);
    target.respond ??= Number.isNaN(status)
      ? { status: 302, text: args[0] ?? '' }
      : { status, text: args[1] ?? '' };
  } else if (name === 'add_header') {
    const [header = '', value = ''] = args;
    if (header.toLowerCase() === 'content-type') target.defaultType = value;
    else target.headers[header] = value;
  } else if (name === 'default_type') target.defaultType = args[0] ?? '';
  else if (!IGNORED.has(name)) throw new Error(`directive "${name}" is not emulated in ${file}:${line}`);
}
