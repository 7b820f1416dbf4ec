import type { ClusterLauncher } from '../../providers/emulated/launcher.ts';
import type { ProductPaths } from '../paths.ts';
import type { Ask } from './confirm.ts';

/** What every command is given instead of reaching for globals. */
export interface CliContext {
  version: string;
  paths: ProductPaths;
  dataDirectory: string;
  launchCluster: ClusterLauncher;
  /** The language for people, from the environment. */
  locale: 'en' | 'ko';
  /** Standard output and standard error; a line each. */
  out: (line: string) => void;
  err: (line: string) => void;
  /** Asks the person at the terminal. Default: on the terminal that there is. */
  ask?: Ask;
}

/**
 * The exit status of a command: 0 all passed, 1 something failed, 2 could not run. A command resolves with it;
 * what it throws is printed as message and fix, and means 2.
 */
export type ExitStatus = 0 | 1 | 2;
