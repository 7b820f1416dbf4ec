/** k3d's own steps, by the words with which each begins. A step is over when the next one begins. */
const STEPS = [
  ['network', /^Prep: Network/],
  ['containers', /^(?:Starting new tools node|Pulling image|Creating (?:node|LoadBalancer|initializing))/],
  ['server', /^Starting (?:cluster|servers|the initializing server)/],
  ['agents', /^Starting agents/],
  ['helpers', /^Starting helpers/],
  ['records', /^Injecting records for hostAliases/],
] as const;

export type K3dStep = (typeof STEPS)[number][0];

/** What a line of k3d's output tells. */
export type K3dEvent =
  | { event: 'step'; step: K3dStep }
  | { event: 'created' }
  /** After a failure it deletes what it has made; `failed` also when there was nothing yet. */
  | { event: 'rollback'; state: 'begins' | 'done' | 'failed' };

export interface K3dMessage {
  level: 'debug' | 'info' | 'warning' | 'error' | 'fatal';
  text: string;
}

const SHORT_LEVELS = { DEBU: 'debug', INFO: 'info', WARN: 'warning', ERRO: 'error', FATA: 'fatal' } as const;

/**
 * Reads a line of k3d's log (logrus): `time="…" level=info msg="Prep: Network"` with `LOG_COLORS=false`, else
 * `INFO[0000] Prep: Network`, with colours. Undefined for every other line.
 */
export function parseK3dMessage(line: string): K3dMessage | undefined {
  const [, level, quoted] =
    /^time=\S+ level=(debug|info|warning|error|fatal) msg=("(?:[^"\\]|\\.)*"|\S+)/.exec(line) ?? [];
  if (isLevel(level) && quoted !== undefined) return { level, text: unquoted(quoted) };
  const plain = line.replaceAll(/\u001b\[[0-9;]*m/g, '');
  const [, short, text] = /^(DEBU|INFO|WARN|ERRO|FATA)\[\d+\] (.*)$/.exec(plain) ?? [];
  if (!isShort(short) || text === undefined) return undefined;
  return { level: SHORT_LEVELS[short], text: text.trimEnd() };
}

export function parseK3dLine(line: string): K3dEvent | undefined {
  const text = parseK3dMessage(line)?.text;
  if (text === undefined) return undefined;
  if (/^Cluster '.*' created successfully!/.test(text)) return { event: 'created' };
  if (text.startsWith('Failed to create cluster >>> Rolling Back'))
    return { event: 'rollback', state: 'begins' };
  if (text.includes('all changes have been rolled back')) return { event: 'rollback', state: 'done' };
  if (text.includes('also FAILED to rollback changes')) return { event: 'rollback', state: 'failed' };
  const step = STEPS.find(([, words]) => words.test(text))?.[0];
  return step === undefined ? undefined : { event: 'step', step };
}

/** `5.9.0` of what `k3d version` prints: `k3d version v5.9.0`. */
export function parseK3dVersion(output: string): string | undefined {
  return /^k3d version v?(\d+\.\d+\.\d+\S*)/m.exec(output)?.[1];
}

/**
 * The kubeconfig of what `k3d kubeconfig get` printed. k3d may name any address there under which the engine is
 * known (`0.0.0.0`, `host.docker.internal`); the API is published on loopback, so that is where it is asked.
 * Undefined when it is none.
 */
export function parseKubeconfig(output: string): string | undefined {
  const start = output.indexOf('apiVersion:');
  const server = /^(\s*server: https:\/\/)[^\s/]+:(\d+)\s*$/m;
  if (start < 0 || !server.test(output)) return undefined;
  return output.slice(start).replace(server, '$1127.0.0.1:$2');
}

/** Names of the images in a node, as `crictl images --output json` printed them. */
export function parseNodeImages(output: string): string[] {
  try {
    const { images = [] } = JSON.parse(output) as { images?: { repoTags?: string[] }[] };
    return images.flatMap(({ repoTags = [] }) => repoTags);
  } catch {
    return [];
  }
}

function isLevel(word: string | undefined): word is K3dMessage['level'] {
  return word !== undefined && Object.values<string>(SHORT_LEVELS).includes(word);
}

function isShort(word: string | undefined): word is keyof typeof SHORT_LEVELS {
  return word !== undefined && word in SHORT_LEVELS;
}

/** Go's quotation is JSON's, but for characters that nobody prints. */
function unquoted(text: string): string {
  try {
    return text.startsWith('"') ? (JSON.parse(text) as string) : text;
  } catch {
    return text.slice(1, -1);
  }
}
