import { parseArgs } from 'node:util';

/** How the process of an emulated cluster is started. */
export interface ProcessArguments {
  stateDirectory: string;
  name: string;
  /** 0 picks a free one. */
  port: number;
  /** Whether Services of type LoadBalancer get an address. */
  loadBalancer: boolean;
  /** Worker nodes; the cluster's own default when left out. */
  workers?: number;
}

/** A file that could not be understood and was kept under another name. */
export interface SetAsideFile {
  /** Where it was. */
  path: string;
  /** Where it is now. */
  keptAs: string;
  reason: string;
}

/** What the process tells whoever started it, over the IPC channel. */
export type ProcessMessage =
  | { type: 'ready'; url: string; setAside?: readonly SetAsideFile[] }
  /** Another process serves this state directory: use that one. */
  | { type: 'running'; pid: number }
  | { type: 'failed'; message: string };

/** The command line for {@link parseProcessArguments}. */
export function processArguments({
  stateDirectory,
  name,
  port,
  loadBalancer,
  workers,
}: ProcessArguments): string[] {
  const options = ['--state-directory', stateDirectory, '--name', name, '--port', String(port)];
  if (!loadBalancer) options.push('--no-load-balancer');
  if (workers !== undefined) options.push('--workers', String(workers));
  return options;
}

/** @throws Error that names what is wrong with the command line. */
export function parseProcessArguments(argv: readonly string[]): ProcessArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      'state-directory': { type: 'string' },
      name: { type: 'string' },
      port: { type: 'string', default: '0' },
      'no-load-balancer': { type: 'boolean', default: false },
      workers: { type: 'string' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port}: not a port`);
  const workers = values.workers === undefined ? undefined : Number(values.workers);
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 0 && workers <= 200))
    throw new Error(`--workers ${values.workers ?? ''}: not a number from 0 to 200`);
  if (values['state-directory'] === undefined) throw new Error('--state-directory is missing');
  return {
    stateDirectory: values['state-directory'],
    name: values.name ?? 'switchyard',
    port,
    loadBalancer: !values['no-load-balancer'],
    ...(workers === undefined ? {} : { workers }),
  };
}

/** Recognises what {@link ProcessMessage} describes among whatever came over a channel. */
export function isProcessMessage(value: unknown): value is ProcessMessage {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    ((value.type === 'ready' &&
      'url' in value &&
      typeof value.url === 'string' &&
      (!('setAside' in value) || Array.isArray(value.setAside))) ||
      (value.type === 'running' && 'pid' in value && typeof value.pid === 'number') ||
      (value.type === 'failed' && 'message' in value && typeof value.message === 'string'))
  );
}

/**
 * What Node.js is told on the command line of a cluster's process. V8 sizes the room for young objects by the
 * machine's memory: on a large one it would keep a hundred megabytes of garbage to save a little time.
 */
export const NODE_OPTIONS: readonly string[] = ['--max-semi-space-size=16'];
