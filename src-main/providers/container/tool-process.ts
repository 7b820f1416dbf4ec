import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isSameProcess, processStart } from '#emulator/process-identity.ts';
import type { CommandRunner } from '../../command/command.ts';
import { endProcessGroup } from '../../command/run.ts';

const schema = z.object({ pid: z.number().int().positive(), start: z.string() });

/**
 * Runs programs as `run` does, and keeps the process of each in a file of this folder while it runs: kind and k3d go
 * on making a cluster when the app that started them is killed.
 */
export function remembering(run: CommandRunner, folder: string): CommandRunner {
  return async (command, options) => {
    let file: string | undefined;
    try {
      return await run(command, {
        ...options,
        onStart: (pid) => {
          // Synchronously: a kill of the app right after the start must find it written.
          mkdirSync(folder, { recursive: true });
          file = join(folder, `${pid}.json`);
          writeFileSync(file, JSON.stringify({ pid, start: processStart(pid) }), { mode: 0o600 });
          options.onStart?.(pid);
        },
      });
    } finally {
      if (file !== undefined) forget(file, folder);
    }
  };
}

/** The folder goes with its last file. */
function forget(file: string, folder: string): void {
  rmSync(file, { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // Another program runs still.
  }
}

/** Ends the programs that an app which was killed has left running, with everything that they started. */
export async function endLeftProcesses(folder: string): Promise<void> {
  const left = filesOf(folder).map(readProcess);
  await Promise.all(
    left.map(async (found) => {
      if (found !== undefined && isSameProcess(found.pid, found.start)) await endProcessGroup(found.pid);
    }),
  );
  rmSync(folder, { recursive: true, force: true });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readProcess(file: string): z.infer<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
