import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { homedir, machine, networkInterfaces, release, type NetworkInterfaceInfo } from 'node:os';
import { env as presentEnv, platform } from 'node:process';
import { hurried } from '../command/hurried.ts';
import type { CommandRunner } from '../command/command.ts';
import { runCommand } from '../command/run.ts';
import { platformArchitecture } from '../engine/info.ts';
import { systemClock } from '../kube/time.ts';
import { talkOverLoopback } from './loopback.ts';
import { operatingSystemOf, type OperatingSystem } from './platform.ts';

/** An engine or a tool that has not answered by then does not answer. */
export const QUESTION_MS = 3000;

/** This machine, as far as one may look at it before anything is made. */
export interface Host {
  system: OperatingSystem;
  /** As `uname -r` says it. */
  kernel: string;
  /** As in image platforms: `amd64`, `arm64`. */
  architecture: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The user's own folder. */
  home: string;
  /** Runs questions: nothing has more than {@link QUESTION_MS}. */
  run: CommandRunner;
  /** Rejects when it cannot be read. */
  readText(path: string): Promise<string>;
  /** Looks at nothing but whether the user could read it. */
  isReadable(path: string): Promise<boolean>;
  /** Bytes of the disk that holds a folder. Rejects when there is no such folder. */
  disk(folder: string): Promise<{ free: number; total: number }>;
  interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** Bytes that programs can still have; undefined where the system does not tell (macOS keeps nothing "free"). */
  availableMemory(): number | undefined;
  /** Rejects when programs of this machine cannot talk to each other over 127.0.0.1. */
  talkOverLoopback(): Promise<void>;
}

/** The machine that this runs on. */
export function presentHost(env: Host['env'] = presentEnv): Host {
  const system = operatingSystemOf(platform, release());
  return {
    system,
    kernel: release(),
    architecture: platformArchitecture(machine()),
    env,
    home: homedir(),
    run: hurried(runCommand, QUESTION_MS, systemClock),
    readText: (path) => readFile(path, 'utf8'),
    isReadable: (path) =>
      access(path, constants.R_OK).then(
        () => true,
        () => false,
      ),
    disk: async (folder) => {
      const { bavail, blocks, bsize } = await statfs(folder);
      return { free: bavail * bsize, total: blocks * bsize };
    },
    interfaces: networkInterfaces,
    availableMemory: () => (system === 'macos' ? undefined : process.availableMemory()),
    talkOverLoopback,
  };
}
