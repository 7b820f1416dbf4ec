import { parseArgs } from 'node:util';

/** How the process of an emulated cluster is started. */
export interface ProcessArguments {
  stateDirectory: string;
  name: string;
  /** 0 picks a free one. */
  port: number;
  /** Whether Services of type LoadBalancer get an address. */
  loadBalancer: boolean;
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
export function processArguments({ stateDirectory, name, port, loadBalancer }: ProcessArguments): string[] {
  const options = ['--state-directory', stateDirectory, '--name', name, '--port', String(port)];
  return loadBalancer ? options : [...options, '--no-load-balancer'];
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
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${values.port}: not a port`);
  if (values['state-directory'] === undefined) throw new Error('--state-directory is missing');
  return {
    stateDirectory: values['state-directory'],
    name: values.name ?? 'switchyard',
    port,
    loadBalancer: !values['no-load-balancer'],
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
