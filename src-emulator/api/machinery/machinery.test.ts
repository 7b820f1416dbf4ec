import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../clock.ts';
import type { NewObject, Pod } from '../objects.ts';
import { CONFIG_MAPS, DEPLOYMENTS, NAMESPACES, PODS } from '../resources.ts';
import type { ApiMachinery } from './machinery.ts';
import { finalizeNamespace } from './namespace-finalization.ts';
import { bindPod } from './pod-subresources.ts';
import { patchObject, replaceFromBody } from './requests.ts';
import { createMachinery, createNamespace, deploymentOf, refusal } from './testing/machinery-fixture.ts';

let clock: VirtualClock;
let api: ApiMachinery;

beforeEach(() => {
  clock = new VirtualClock();
  api = createMachinery(clock, ['default']);
});

function configMap(name: string, more: object = {}): void {
  api.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', ...more },
  });
}
function pod(name: string, nodeName?: string): NewObject<Pod> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...(nodeName === undefined ? {} : { nodeName }) },
    status: { phase: 'Pending' },
  };
}
const plain = { fieldValidation: 'Ignore', warn: () => undefined } as const;

describe('create', () => {
  it('gives identity and makes up a name', () => {
    const made = api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { generateName: 'cm-', namespace: 'default' },
    });
    expect(made.metadata.name).toMatch(/^cm-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z');
  });

  it('refuses what is there already, and missing and terminating namespaces, in Kubernetes’ words', () => {
    configMap('a');
    expect(refusal(() => configMap('a'))).toMatchObject({
      code: 409,
      message: 'configmaps "a" already exists',
    });
    expect(refusal(() => configMap('a', { namespace: 'none' }))).toMatchObject({
      code: 404,
      message: 'namespaces "none" not found',
    });
    createNamespace(api, 'ending');
    api.delete(NAMESPACES, undefined, 'ending');
    expect(refusal(() => configMap('a', { namespace: 'ending' }))).toMatchObject({
      code: 403,
      message:
        'configmaps "a" is forbidden: unable to create new content in namespace ending because it is being terminated',
    });
  });

  it('names every fault of an invalid object', () => {
    const status = refusal(() => configMap('Upper', { labels: { 'a b': 'ok' } }));
    expect(status.code).toBe(422);
    expect(status.message).toMatch(
      /^ConfigMap "Upper" is invalid: \[metadata.name: Invalid value: "Upper": /,
    );
    expect(status.details?.causes?.map((cause) => cause.field)).toEqual(['metadata.name', 'metadata.labels']);
  });
});

describe('update', () => {
  it('counts a generation only when the spec changes', () => {
    api.create(DEPLOYMENTS, deploymentOf('web'));
    const label = api.mutate(DEPLOYMENTS, 'default', 'web', (draft) => {
      draft.metadata.labels = { a: 'b' };
    });
    expect(label?.metadata.generation).toBe(1);
    const scale = api.mutate(DEPLOYMENTS, 'default', 'web', (draft) => {
      draft.spec.replicas = 3;
    });
    expect(scale?.metadata.generation).toBe(2);
    const status = api.mutate(
      DEPLOYMENTS,
      'default',
      'web',
      (draft) => {
        draft.status.replicas = 3;
        draft.spec = { ...draft.spec, replicas: 9 };
      },
      { subresource: 'status' },
    );
    expect(status).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 3 },
      status: { replicas: 3 },
    });
  });

  it('makes no version of a write that changes nothing', () => {
    configMap('a');
    const before = api.store.revision;
    api.mutate(CONFIG_MAPS, 'default', 'a', () => undefined);
    expect(api.store.revision).toBe(before);
  });

  it('refuses a write made from an older version', () => {
    configMap('a');
    const target = { kind: api.registry.of(CONFIG_MAPS), namespace: 'default', name: 'a' };
    const body = { metadata: { name: 'a', resourceVersion: '1' }, data: { k: 'v' } };
    expect(refusal(() => replaceFromBody(api, target, body, plain))).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });
  });

  it('applies JSON and merge patches, and stores nothing on a dry run', () => {
    configMap('a');
    const target = { kind: api.registry.of(CONFIG_MAPS), namespace: 'default', name: 'a' };
    patchObject(api, target, 'merge', { data: { k: 'v' } }, plain);
    patchObject(api, target, 'json', [{ op: 'add', path: '/data/j', value: 'w' }], plain);
    patchObject(api, target, 'merge', { data: null }, { ...plain, dryRun: true });
    expect(api.get(CONFIG_MAPS, 'default', 'a')?.data).toEqual({ k: 'v', j: 'w' });
    const wrong = [{ op: 'replace', path: '/nope/x', value: 1 }];
    expect(refusal(() => patchObject(api, target, 'json', wrong, plain)).code).toBe(422);
  });
});

describe('delete', () => {
  it('waits for finalizers', () => {
    configMap('a', { finalizers: ['example.com/hold'] });
    api.delete(CONFIG_MAPS, 'default', 'a');
    expect(api.get(CONFIG_MAPS, 'default', 'a')?.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    api.mutate(CONFIG_MAPS, 'default', 'a', (draft) => {
      delete draft.metadata.finalizers;
    });
    expect(api.get(CONFIG_MAPS, 'default', 'a')).toBeUndefined();
  });

  it('gives a running pod its grace period, which can only be shortened', () => {
    api.create(PODS, pod('p', 'node-1'));
    api.delete(PODS, 'default', 'p');
    expect(api.get(PODS, 'default', 'p')?.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
    });
    api.delete(PODS, 'default', 'p', { gracePeriodSeconds: 60 });
    expect(api.get(PODS, 'default', 'p')?.metadata.deletionGracePeriodSeconds).toBe(30);
    api.delete(PODS, 'default', 'p', { gracePeriodSeconds: 5 });
    expect(api.get(PODS, 'default', 'p')?.metadata.deletionTimestamp).toBe('2026-01-01T00:00:05Z');
    api.delete(PODS, 'default', 'p', { gracePeriodSeconds: 0 });
    expect(api.get(PODS, 'default', 'p')).toBeUndefined();
  });

  it('removes a pod that no node has at once', () => {
    api.create(PODS, pod('p'));
    api.delete(PODS, 'default', 'p');
    expect(api.get(PODS, 'default', 'p')).toBeUndefined();
  });

  it('asks the garbage collector for foreground deletion with a finalizer', () => {
    configMap('a');
    api.delete(CONFIG_MAPS, 'default', 'a', { propagationPolicy: 'Foreground' });
    expect(api.get(CONFIG_MAPS, 'default', 'a')?.metadata.finalizers).toEqual(['foregroundDeletion']);
  });

  it('refuses a precondition that does not hold', () => {
    configMap('a');
    const status = refusal(() =>
      api.delete(CONFIG_MAPS, 'default', 'a', { preconditions: { uid: 'other' } }),
    );
    expect(status).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  it('ends a namespace when its last finalizer goes', () => {
    createNamespace(api, 'ending');
    api.delete(NAMESPACES, undefined, 'ending');
    expect(api.get(NAMESPACES, undefined, 'ending')?.status.phase).toBe('Terminating');
    finalizeNamespace(api, 'ending');
    expect(api.get(NAMESPACES, undefined, 'ending')).toBeUndefined();
  });
});

describe('watch', () => {
  it('tells first what is there, then what changes, and never inside a write', async () => {
    configMap('a');
    const seen: string[] = [];
    const watch = api.watch(CONFIG_MAPS, ({ type, object }) => seen.push(`${type} ${object.metadata.name}`));
    configMap('b');
    expect(seen).toEqual([]);
    await clock.advance(0);
    expect(seen).toEqual(['ADDED a', 'ADDED b']);
    api.delete(CONFIG_MAPS, 'default', 'a');
    await clock.advance(0);
    expect(seen.at(-1)).toBe('DELETED a');
    watch[Symbol.dispose]();
  });
});

describe('binding', () => {
  it('places a pod once', () => {
    api.create(PODS, pod('p'));
    bindPod(api, 'default', 'p', { target: { name: 'node-1' } });
    expect(api.get(PODS, 'default', 'p')).toMatchObject({
      spec: { nodeName: 'node-1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    expect(refusal(() => bindPod(api, 'default', 'p', { target: { name: 'node-2' } }))).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
    });
  });
});
