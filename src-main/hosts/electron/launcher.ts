import type { UtilityProcess } from 'electron';
import { createWriteStream } from 'node:fs';
import { isProcessMessage } from '#emulator/process-arguments.ts';
import type { ClusterLauncher } from '../../providers/emulated/launcher.ts';

/** The part of Electron that starts processes. */
export interface UtilityProcesses {
  fork(
    module: string,
    args: string[],
    options: { serviceName: string; stdio: 'pipe'; execArgv: string[] },
  ): UtilityProcess;
}

/**
 * Starts the cluster as a utility process of Electron: outside the main loop, and without the `runAsNode` fuse
 * that a child of Node.js would need. It ends with the app, and is started again from its state.
 */
export function utilityLauncher(processes: UtilityProcesses, entry: string): ClusterLauncher {
  return ({ arguments: argv, logFile, onMessage, onExit }) => {
    const child = processes.fork(entry, argv, {
      serviceName: 'Switchyard cluster',
      stdio: 'pipe',
      execArgv: [],
    });
    const log = createWriteStream(logFile, { mode: 0o600 });
    // A log that cannot be written (the disk is full) is no reason to take the app down.
    log.on('error', () => undefined);
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.on('message', (message: unknown) => {
      if (isProcessMessage(message)) onMessage(message);
    });
    child.on('exit', (code) => {
      log.end();
      onExit(code);
    });
    return Promise.resolve({
      get pid() {
        return child.pid;
      },
      stop: () => child.postMessage('stop'),
      detach: () => undefined,
    });
  };
}
