import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  /**
   * Looks whether the file still names this process, and writes it again when it was damaged or deleted. False
   * when the claim is lost: another process that runs is in it, or its folder is gone.
   */
  renew(): Promise<boolean>;
}

/**
 * Puts this process into a file, unless a process that still runs is in it already: then that one is the
 * answer. A file left by a process that has ended is replaced. The file is whole whenever it is there.
 * @throws the system's error when the file cannot be written.
 */
export async function claimProcessFile(path: string): Promise<ProcessClaim | ProcessRecord> {
  let me: ProcessRecord = { pid: process.pid, start: processStart(process.pid) };
  for (;;) {
    if (await createWhole(path, JSON.stringify(me)))
      return {
        setUrl: (url) => {
          me = { ...me, url };
          return replaceWhole(path, JSON.stringify(me));
        },
        release: () => rm(path, { force: true }),
        renew: () => renew(path, me),
      };
    const holder = await readLiveProcess(path);
    if (holder !== undefined) return holder;
    await removeStale(path);
  }
}

async function renew(path: string, me: ProcessRecord): Promise<boolean> {
  const holder = await readLiveProcess(path);
  if (holder !== undefined) return holder.pid === me.pid;
  try {
    await replaceWhole(path, JSON.stringify(me));
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}

/** Makes a file with its content in one step; false when there is one already. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const own = ownName(path);
  await writeFile(own, content, { mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // File systems without hard links: the exclusive flag keeps others away, the content follows.
    return await writeFile(path, content, { flag: 'wx', mode: 0o600 }).then(
      () => true,
      (failure: unknown) => {
        if (codeOf(failure) === 'EEXIST') return false;
        throw failure;
      },
    );
  } finally {
    await rm(own, { force: true });
  }
}

async function replaceWhole(path: string, content: string): Promise<void> {
  const own = ownName(path);
  await writeFile(own, content, { mode: 0o600 });
  await rename(own, path);
}

/** Takes a dead process's file away, but gives back what another claimant has put there in the meantime. */
async function removeStale(path: string): Promise<void> {
  const own = ownName(path);
  await rename(path, own).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
  if ((await readLiveProcess(own)) !== undefined) await link(own, path).catch(() => undefined);
  await rm(own, { force: true });
}

function ownName(path: string): string {
  return `${path}.${process.pid}.${randomUUID()}`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** The process that a file names, when it still runs. */
export async function readLiveProcess(path: string): Promise<ProcessRecord | undefined> {
  const record = parseProcessRecord(await readFile(path, 'utf8').catch(() => ''));
  return record !== undefined && isSameProcess(record.pid, record.start) ? record : undefined;
}

/** Reads a {@link ProcessRecord}; undefined for anything else, such as a file cut short. */
function parseProcessRecord(text: string): ProcessRecord | undefined {
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
