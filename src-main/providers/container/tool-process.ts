import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isSameProcess, processStart } from '#emulator/process-identity.ts';
import type { CommandRunner } from '../../command/command.ts';
import { endProcessGroup } from '../../command/run.ts';

const schema = z.object({ pid: z.number().int().positive(), start: z.string() });

/**
 * Runs programs as `run` does, and keeps the process of each in a file while it runs: kind and k3d go on making a
 * cluster when the app that started them is killed.
 */
export function remembering(run: CommandRunner, file: string): CommandRunner {
  return async (command, options) => {
    try {
      return await run(command, {
        ...options,
        onStart: (pid) => {
          // Synchronously: a kill of the app right after the start must find it written.
          writeFileSync(file, JSON.stringify({ pid, start: processStart(pid) }), { mode: 0o600 });
          options.onStart?.(pid);
        },
      });
    } finally {
      rmSync(file, { force: true });
    }
  };
}

/** Ends the program that an app which was killed has left running, with everything that it started. */
export async function endLeftProcess(file: string): Promise<void> {
  const left = readProcess(file);
  if (left !== undefined && isSameProcess(left.pid, left.start)) await endProcessGroup(left.pid);
  rmSync(file, { force: true });
}

function readProcess(file: string): z.infer<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
