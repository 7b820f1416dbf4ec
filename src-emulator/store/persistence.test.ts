import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../api/objects.ts';
import { VirtualClock } from '../clock.ts';
import { ObjectStore, RevisionExpired, type StoreEvent } from './object-store.ts';
import { keepStore } from './persistence.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'persistence-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function configMap(name: string, value = ''): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    data: { value },
  } as unknown as KubeObject;
}

interface Run {
  store: ObjectStore;
  setAside: { path: string; keptAs: string; reason: string }[];
  problems: string[];
  end(): void;
}

/** A run of a process over the directory. One that is not ended was killed. */
function run(logLimit?: number): Run {
  const store = new ObjectStore();
  const setAside: Run['setAside'] = [];
  const problems: string[] = [];
  const kept = keepStore({
    store,
    clock: new VirtualClock(),
    directory,
    onSetAside: (file) => setAside.push(file),
    onProblem: (text) => problems.push(text),
    ...(logLimit === undefined ? {} : { logLimit }),
  });
  return { store, setAside, problems, end: () => kept[Symbol.dispose]() };
}

const names = ({ store }: Run): string[] => store.list('configmaps').map(({ metadata }) => metadata.name);
const log = (): string => join(directory, 'state.log');
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('what the store holds', () => {
  it('is there after a kill at any moment, with the same versions', () => {
    const first = run();
    first.store.put('configmaps', configMap('a', '1'));
    first.store.put('configmaps', configMap('b'));
    first.store.put('configmaps', configMap('a', '2'));
    first.store.remove('configmaps', 'default', 'b');
    const second = run();
    expect(second.store.export()).toEqual(first.store.export());
    second.store.put('configmaps', configMap('c'));
    expect(names(run())).toEqual(['a', 'c']);
  });

  it('goes into the snapshot when the log has grown, and nothing is lost on the way', () => {
    const first = run(2000);
    for (let count = 0; count < 100; count++)
      first.store.put('configmaps', configMap(`c${count % 7}`, String(count)));
    expect(readFileSync(log()).length).toBeLessThan(6000);
    expect(run().store.export()).toEqual(first.store.export());
  });

  it('can be watched from before the restart, as far back as the log reaches', async () => {
    const first = run(2000);
    first.store.put('configmaps', configMap('a'));
    const seen = first.store.revision;
    first.store.put('configmaps', configMap('b'));
    first.store.remove('configmaps', 'default', 'a');
    first.end();
    const second = run();
    const events: string[] = [];
    second.store.watch('configmaps', { after: seen }, ({ type, object }: StoreEvent) =>
      events.push(`${type} ${object.metadata.name}`),
    );
    await settled();
    expect(events).toEqual(['ADDED b', 'DELETED a']);

    for (let count = 0; count < 100; count++) second.store.put('configmaps', configMap('c', String(count)));
    second.end();
    const third = run(2000);
    for (let count = 0; count < 100; count++) third.store.put('configmaps', configMap('c', String(count)));
    expect(() => run().store.watch('configmaps', { after: seen }, () => {})).toThrow(RevisionExpired);
  });

  it('loses only a record that was cut short, and says so', () => {
    const first = run();
    first.store.put('configmaps', configMap('a'));
    first.store.put('configmaps', configMap('b'));
    truncateSync(log(), readFileSync(log()).length - 5);
    const second = run();
    expect(names(second)).toEqual(['a']);
    expect(second.problems).toEqual([expect.stringContaining('was written only in part')]);
    second.store.put('configmaps', configMap('c'));
    const third = run();
    expect(names(third)).toEqual(['a', 'c']);
    expect(third.problems).toEqual([]);
  });

  it('keeps what came before damage, and the damaged log under another name', () => {
    const first = run();
    for (const name of ['a', 'b', 'c']) first.store.put('configmaps', configMap(name, 'value'));
    const text = readFileSync(log(), 'utf8');
    writeFileSync(log(), text.replace(/"name":"b"/, '"name":"x"'));
    const second = run();
    expect(names(second)).toEqual(['a']);
    expect(second.setAside).toEqual([
      {
        path: log(),
        keptAs: expect.stringContaining('state.log.corrupt-') as string,
        reason: expect.any(String) as string,
      },
    ]);
    expect(existsSync(second.setAside[0]?.keptAs ?? '')).toBe(true);
    expect(names(run())).toEqual(['a']);
  });

  it('starts anew when the snapshot cannot be read, and keeps both files under other names', () => {
    const first = run();
    first.store.put('configmaps', configMap('a'));
    appendFileSync(join(directory, 'state.json'), '{');
    const second = run();
    expect(names(second)).toEqual([]);
    expect(second.setAside.map(({ path }) => path)).toEqual([join(directory, 'state.json'), log()]);
    expect(readdirSync(directory).filter((name) => name.includes('.corrupt-'))).toHaveLength(2);
  });
});
