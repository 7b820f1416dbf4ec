import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, processStart } from './process-identity.ts';

/** What a running process leaves in a file, so that others find it and a second one keeps away. */
export interface ProcessRecord {
  pid: number;
  /** See {@link processStart}. */
  start: string;
  /** Where it can be reached, once it can be. */
  url?: string;
}

/** A file that names this process, until it is released. */
export interface ProcessClaim {
  setUrl(url: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Puts this process into a file, unless a process that still runs is in it already: then that one is the
 * answer. A file left by a process that has ended is replaced.
 * @throws the system's error when the file cannot be written.
 */
export async function claimProcessFile(path: string): Promise<ProcessClaim | ProcessRecord> {
  const me: ProcessRecord = { pid: process.pid, start: processStart(process.pid) };
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(JSON.stringify(me));
      await file.close();
      return {
        setUrl: (url) => writeFile(path, JSON.stringify({ ...me, url })),
        release: () => rm(path, { force: true }),
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    // Another one may be between making the file and filling it: give it a moment.
    const holder = (await readLiveProcess(path)) ?? (await sleep(50).then(() => readLiveProcess(path)));
    if (holder !== undefined) return holder;
    await rm(path, { force: true });
  }
}

/** The process that a file names, when it still runs. */
export async function readLiveProcess(path: string): Promise<ProcessRecord | undefined> {
  const record = parseProcessRecord(await readFile(path, 'utf8').catch(() => ''));
  return record !== undefined && isSameProcess(record.pid, record.start) ? record : undefined;
}

/** Reads a {@link ProcessRecord}; undefined for anything else, such as a file cut short. */
export function parseProcessRecord(text: string): ProcessRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { pid, start, url } = value as Record<string, unknown>;
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof start !== 'string')
      return undefined;
    return { pid, start, ...(typeof url === 'string' && { url }) };
  } catch {
    return undefined;
  }
}
