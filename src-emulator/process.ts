/**
 * The emulated cluster as a process of its own. It outlives whoever started it, keeps its objects in the state
 * directory, and can be started again from there. One process serves one state directory.
 *
 * Files in the state directory: `kubeconfig` (0600), `process.json` (who runs, see process-file.ts),
 * `host-ports.json` (which ports of this machine lead into it, see process-host-ports.ts), and what the cluster
 * itself keeps. It stops, after writing its state, on SIGTERM, SIGINT, or the message `stop`.
 */
import { once } from 'node:events';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from './index.ts';
import { makeDirectory } from './make-directory.ts';
import { parseProcessArguments, type ProcessMessage } from './process-arguments.ts';
import { claimProcessFile } from './process-file.ts';
import { writeFileAtomically } from './store/state-file.ts';
import { HOST_PORTS_FILE, readHostPorts, type HostPort } from './process-host-ports.ts';

const RENEWAL_MS = 1000;

/** Electron's utility process has a port in place of Node's `process.send`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}
const parentPort = (process as { parentPort?: ParentPort }).parentPort;

function tell(message: ProcessMessage): Promise<void> {
  return new Promise((resolve) => {
    if (parentPort !== undefined) {
      parentPort.postMessage(message);
      resolve();
    } else if (process.send !== undefined && process.connected) {
      process.send(message, undefined, undefined, () => resolve());
    } else resolve();
  });
}

async function start(): Promise<void> {
  const { stateDirectory, port, ...described } = parseProcessArguments(process.argv.slice(2));
  await makeDirectory(stateDirectory);
  await chmod(stateDirectory, 0o700);
  const claim = await claimProcessFile(join(stateDirectory, 'process.json'));
  if ('pid' in claim) {
    await tell({ type: 'running', pid: claim.pid });
    process.exit(0);
  }
  const remembered = await readHostPorts(stateDirectory);
  const onChange = (ports: readonly HostPort[]): void => tellHostPorts(stateDirectory, ports);
  const hostPorts = { remembered, onChange };
  const options = { ...described, stateDirectory, ingressController: true, hostPorts };
  const cluster = await startCluster({ ...options, port: await portToUse(port) }).catch(
    async (error: unknown) => {
      await claim.release();
      throw error;
    },
  );

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    cluster
      .stop()
      .then(() => claim.release())
      .then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('message', (message) => message === 'stop' && stop());
  parentPort?.on('message', ({ data }) => data === 'stop' && stop());

  // Two clusters on one state would overwrite each other: the one that no longer holds the file goes, unsaved.
  const renewal = setInterval(() => {
    void claim.renew().then((ours) => {
      if (!ours && !stopping) process.exit(0);
    });
  }, RENEWAL_MS);
  renewal.unref();

  const kubeconfig = join(stateDirectory, 'kubeconfig');
  await writeFile(`${kubeconfig}.tmp`, cluster.kubeconfig, { mode: 0o600 });
  await rename(`${kubeconfig}.tmp`, kubeconfig);
  await claim.setUrl(cluster.url);
  await tell({ type: 'ready', url: cluster.url, setAside: cluster.setAside });
}

/** How long a predecessor that was killed may take to give its port back. */
const PORT_PATIENCE_MS = 3000;

/**
 * The port a cluster had is kept, so that kubeconfigs stay good; when somebody else has it, another one must do (0). It
 * is tried before anything of the cluster is started: two of them must not share a state directory.
 */
async function portToUse(port: number): Promise<number> {
  const deadline = Date.now() + PORT_PATIENCE_MS;
  while (port !== 0 && !(await isFree(port))) {
    if (Date.now() >= deadline) return 0;
    await sleep(100);
  }
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
    throw error;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

function tellHostPorts(stateDirectory: string, ports: readonly HostPort[]): void {
  try {
    writeFileAtomically(join(stateDirectory, HOST_PORTS_FILE), JSON.stringify(ports));
  } catch (error) {
    process.stderr.write(`The list of open ports could not be written: ${String(error)}\n`);
  }
}

async function fail(error: unknown): Promise<never> {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  await tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exit(1);
}

start().catch(fail);
