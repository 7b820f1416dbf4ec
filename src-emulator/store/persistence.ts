import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from '../clock.ts';
import type { ObjectStore, StoreSnapshot } from './object-store.ts';
import { readStateFile, writeFileAtomically } from './state-file.ts';
import { readLog, WriteAheadLog } from './write-ahead-log.ts';

/** A file that could not be understood, and where it is now. */
interface SetAside {
  path: string;
  keptAs: string;
  reason: string;
}

export interface PersistenceOptions {
  store: ObjectStore;
  clock: Clock;
  directory: string;
  /** Hears of files that could not be understood. */
  onSetAside: (file: SetAside) => void;
  /** Hears, in a sentence, of what was left out and of what could not be written. */
  onProblem: (text: string) => void;
  /** How large the log may become, in bytes, before its records go into the snapshot. Default 8 MiB. */
  logLimit?: number;
}

const DEFAULT_LOG_LIMIT = 8 * 1024 * 1024;
const RETRY_MS = 1000;

/**
 * Restores what the store held, and from then on keeps every write: `state.json` is a snapshot, `state.log` what
 * came after it. A write is in the log before whoever asked for it hears that it is done. What the log holds can
 * also be watched again, so that watches outlive a restart.
 *
 * @throws the file system's error when the directory cannot be read or written.
 */
export function keepStore(options: PersistenceOptions): Disposable {
  const { store, clock, directory, onProblem } = options;
  const snapshotPath = join(directory, 'state.json');
  const logPath = join(directory, 'state.log');
  const keepBytes = restore(options, snapshotPath, logPath);
  let snapshotBytes = 0;
  // Makes the directory as well.
  if (keepBytes === undefined) writeSnapshot();
  const log = new WriteAheadLog(logPath, clock, keepBytes ?? 0);
  if (keepBytes === undefined) log.restart(store.revision);
  let retry: Timer | undefined;

  function writeSnapshot(): void {
    const text = JSON.stringify(store.export());
    writeFileAtomically(snapshotPath, text);
    snapshotBytes = text.length;
  }

  const compact = (): void => {
    retry = undefined;
    try {
      writeSnapshot();
      log.restart(store.revision);
    } catch (error) {
      failed(error as Error);
    }
  };
  /** What is not in the log must not be followed by what is: nothing is written until a snapshot holds it all. */
  const failed = (error: Error): void => {
    onProblem(`The cluster's state could not be written: ${error.message}`);
    retry ??= clock.setTimeout(compact, RETRY_MS);
  };

  const limit = options.logLimit ?? DEFAULT_LOG_LIMIT;
  const listening = store.onWrite(({ type, resource, object }) => {
    if (retry !== undefined) return;
    try {
      log.append({ type: type === 'DELETED' ? 'remove' : 'put', resource, object });
    } catch (error) {
      failed(error as Error);
      return;
    }
    if (log.bytes > limit && log.bytes > snapshotBytes) compact();
  });
  return {
    [Symbol.dispose]: () => {
      listening[Symbol.dispose]();
      if (retry !== undefined) {
        retry.cancel();
        compact();
      }
      log.close();
    },
  };
}

/** Fills the store. Returns how much of the log can be added to; undefined when both files must be made anew. */
function restore(options: PersistenceOptions, snapshotPath: string, logPath: string): number | undefined {
  const { store, clock, onSetAside, onProblem } = options;
  const setAsideLog = (reason: string): void => {
    const keptAs = `${logPath}.corrupt-${clock.now()}`;
    renameSync(logPath, keptAs);
    onSetAside({ path: logPath, keptAs, reason });
  };
  const content = readStateFile(snapshotPath, clock, checkSnapshot);
  const log = readLog(logPath);
  if (content.setAside !== undefined) {
    const { path: keptAs, reason } = content.setAside;
    onSetAside({ path: snapshotPath, keptAs, reason });
    if (log !== undefined) setAsideLog('the snapshot that it builds on could not be understood');
    return undefined;
  }
  const snapshot = content.value as StoreSnapshot | undefined;
  if (snapshot !== undefined) store.import(snapshot);
  if (log === undefined || log.goodBytes === 0) return undefined;
  if (log.base > store.revision) {
    setAsideLog('the snapshot that it builds on is not there');
    return undefined;
  }
  for (const record of log.records) store.replay(record);
  if (log.fault === 'damaged') {
    setAsideLog('a record in it is damaged; what came before it was kept');
    return undefined;
  }
  if (log.fault === 'torn')
    onProblem("The last change in the cluster's log was written only in part, and was left out.");
  return log.goodBytes;
}

function checkSnapshot(value: unknown): void {
  const { revision, objects } = value as Partial<StoreSnapshot>;
  if (typeof revision !== 'number' || typeof objects !== 'object')
    throw new Error('it is not the state of a cluster');
  for (const object of Object.values(objects).flat())
    if (typeof object.kind !== 'string' || typeof object.metadata.name !== 'string')
      throw new Error('an object in it has no kind or no name');
}
