import { fork } from 'node:child_process';
import { open } from 'node:fs/promises';
import { isProcessMessage, NODE_OPTIONS, type ProcessMessage } from '#emulator/process-arguments.ts';

/** A process that was started, as its starter sees it. */
export interface LaunchedProcess {
  readonly pid: number | undefined;
  /** Asks it to write its state and end. */
  stop(): void;
  /** Lets go: this process may end while that one goes on. */
  detach(): void;
}

interface LaunchOptions {
  arguments: string[];
  /** Receives what the process prints. */
  logFile: string;
  onMessage: (message: ProcessMessage) => void;
  onExit: (code: number | null) => void;
}

/** Starts the process of an emulated cluster. Each host has its own way. */
export type ClusterLauncher = (options: LaunchOptions) => Promise<LaunchedProcess>;

/**
 * Starts it as a detached child of Node.js: it goes on when the app is killed, and is found again.
 * @param entry the script, `src-emulator/process.ts` or what it was built to.
 */
export function nodeLauncher(entry: string): ClusterLauncher {
  return async ({ arguments: argv, logFile, onMessage, onExit }) => {
    const log = await open(logFile, 'w', 0o600);
    try {
      const child = fork(entry, argv, {
        detached: true,
        // What the debugger or a test runner put on this process's command line is not meant for the cluster.
        execArgv: [...NODE_OPTIONS],
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
      });
      child.on('message', (message) => {
        if (isProcessMessage(message)) onMessage(message);
      });
      child.on('exit', onExit);
      child.on('error', () => onExit(null));
      return {
        pid: child.pid,
        stop: () => {
          if (child.connected) child.send('stop', () => undefined);
          else child.kill();
        },
        detach: () => {
          child.unref();
          child.channel?.unref();
        },
      };
    } finally {
      await log.close();
    }
  };
}
