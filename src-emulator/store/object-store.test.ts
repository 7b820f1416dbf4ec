import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../api/objects.ts';
import { ObjectStore, RevisionExpired, type StoreEvent } from './object-store.ts';

function configMap(name: string, data: Record<string, string> = {}, namespace = 'default'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data,
  } as unknown as KubeObject;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const summary = (event: StoreEvent): string => `${event.type} ${event.object.metadata.name}`;

describe('ObjectStore', () => {
  it('gives every write the next revision', () => {
    const store = new ObjectStore();
    const first = store.put('configmaps', configMap('a'));
    const second = store.put('secrets', configMap('b'));
    expect(Number(second.metadata.resourceVersion)).toBe(Number(first.metadata.resourceVersion) + 1);
    expect(store.revision).toBe(Number(second.metadata.resourceVersion));
  });

  it('lists in the order of namespace and name', () => {
    const store = new ObjectStore();
    for (const [namespace, name] of [
      ['b', 'x'],
      ['a', 'z'],
      ['a', 'y'],
    ] as const)
      store.put('configmaps', configMap(name, {}, namespace));
    expect(store.list('configmaps').map((object) => object.metadata.name)).toEqual(['y', 'z', 'x']);
    expect(store.list('configmaps', 'b').map((object) => object.metadata.name)).toEqual(['x']);
  });

  it('refuses changes to what is stored', () => {
    const stored = new ObjectStore().put('configmaps', configMap('a', { key: 'value' }));
    expect(() => {
      (stored as unknown as { data: Record<string, string> }).data['key'] = 'other';
    }).toThrow(TypeError);
  });

  it('replays what was written after a revision, then follows', async () => {
    const store = new ObjectStore();
    store.put('configmaps', configMap('a'));
    const from = store.revision;
    store.put('configmaps', configMap('b'));
    store.put('secrets', configMap('other'));
    const seen: string[] = [];
    const watch = store.watch('configmaps', { after: from }, (event) => seen.push(summary(event)));
    store.put('configmaps', configMap('b', { changed: 'yes' }));
    store.remove('configmaps', 'default', 'a');
    expect(seen).toEqual([]);
    await settled();
    expect(seen).toEqual(['ADDED b', 'MODIFIED b', 'DELETED a']);
    watch[Symbol.dispose]();
    store.put('configmaps', configMap('c'));
    await settled();
    expect(seen).toHaveLength(3);
  });

  it('says so when a revision is compacted', () => {
    const store = new ObjectStore({ historyLimit: 4 });
    for (let index = 0; index < 10; index++) store.put('configmaps', configMap(`c${index}`));
    expect(() => store.watch('configmaps', { after: 2 }, () => {})).toThrow(RevisionExpired);
    expect(() => store.watch('configmaps', { after: 2 }, () => {})).toThrow(
      /^too old resource version: 2 \(\d+\)$/,
    );
  });

  it('comes back from its own export with the same versions', () => {
    const store = new ObjectStore();
    store.put('configmaps', configMap('a'));
    store.put('configmaps', configMap('b'));
    const copy = new ObjectStore();
    copy.import(JSON.parse(JSON.stringify(store.export())) as ReturnType<ObjectStore['export']>);
    expect(copy.list('configmaps')).toEqual(store.list('configmaps'));
    expect(copy.revision).toBe(store.revision);
  });
});
