import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../clock.ts';
import type { KubeObject } from '../../objects.ts';
import { CONFIG_MAPS, DEPLOYMENTS, SERVICES, type ResourceType } from '../../resources.ts';
import { applyObject, type ApplyOptions } from '../apply-request.ts';
import type { ApiMachinery } from '../machinery.ts';
import { patchObject, replaceFromBody } from '../requests.ts';
import { createMachinery, deploymentOf, refusal } from '../testing/machinery-fixture.ts';

let clock: VirtualClock;
let api: ApiMachinery;

beforeEach(() => {
  clock = new VirtualClock();
  api = createMachinery(clock, ['default']);
});

type Json = Record<string, unknown>;

const target = (type: ResourceType, name = 'a') => ({
  kind: api.registry.of(type),
  namespace: 'default',
  name,
});
const configMap = (data?: Json, metadata: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...metadata },
  ...(data === undefined ? {} : { data }),
});
function apply(manager: string, config: Json, more: Partial<ApplyOptions> = {}): KubeObject {
  const type = { ConfigMap: CONFIG_MAPS, Service: SERVICES, Deployment: DEPLOYMENTS }[
    config['kind'] as 'ConfigMap' | 'Service' | 'Deployment'
  ];
  return applyObject(api, target(type), config, { manager, force: false, ...more }).object;
}
const plain = { fieldValidation: 'Ignore', warn: () => undefined } as const;
const entries = (object: KubeObject): [string, string, unknown][] =>
  (object.metadata.managedFields as { manager: string; operation: string; fieldsV1: unknown }[]).map(
    ({ manager, operation, fieldsV1 }) => [manager, operation, fieldsV1],
  );

describe('applying a configuration', () => {
  it('creates what is not there and records the fields that were applied', () => {
    const made = applyObject(api, target(CONFIG_MAPS), configMap({ k: 'v' }), {
      manager: 'me',
      force: false,
    });
    expect(made.created).toBe(true);
    expect(made.object.metadata.managedFields).toEqual([
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:k': {} } },
      },
    ]);
  });

  it('refuses fields of another manager in Kubernetes’ words, and takes them by force', () => {
    apply('first', configMap({ k: '1', l: '1' }));
    const status = refusal(() => apply('second', configMap({ k: '2', l: '2' })));
    expect(status).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 2 conflicts: conflicts with "first":\n- .data.k\n- .data.l',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "first"', field: '.data.k' },
          { reason: 'FieldManagerConflict', message: 'conflict with "first"', field: '.data.l' },
        ],
      },
    });
    const taken = apply('second', configMap({ k: '2' }), { force: true });
    expect(entries(taken)).toEqual([
      ['first', 'Apply', { 'f:data': { 'f:l': {} } }],
      ['second', 'Apply', { 'f:data': { 'f:k': {} } }],
    ]);
  });

  it('names the manager of an update with its version', () => {
    api.as('kubectl-create').create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'default' },
      data: { k: '1' },
    });
    expect(refusal(() => apply('me', configMap({ k: '2' }))).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.k',
    );
  });

  it('removes a field that its only manager no longer applies, and keeps one that others share', () => {
    apply('first', configMap({ mine: '1', ours: '1' }));
    apply('second', configMap({ ours: '1' }));
    const left = apply('first', configMap()) as KubeObject & { data?: Json };
    expect(left.data).toEqual({ ours: '1' });
    expect((apply('second', configMap()) as KubeObject & { data?: Json }).data ?? {}).toEqual({});
  });

  it('merges ports by port and protocol, where no protocol means TCP', () => {
    const service = (ports: Json[]): Json => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports },
    });
    apply('first', service([{ port: 80, name: 'http' }]));
    const both = apply('second', service([{ port: 53, protocol: 'UDP', name: 'dns' }]));
    expect(both).toMatchObject({
      spec: {
        ports: [
          { port: 80, protocol: 'TCP', name: 'http' },
          { port: 53, protocol: 'UDP', name: 'dns' },
        ],
      },
    });
    expect(entries(both)[0]?.[2]).toEqual({
      'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
    });
    expect(refusal(() => apply('third', service([{ port: 1 }, { port: 1 }])))).toMatchObject({
      code: 500,
      message:
        'failed to create typed patch object (/a; /v1, Kind=Service): .spec.ports: duplicate entries for key [port=1,protocol="TCP"]',
    });
  });

  it('treats a selector as one field', () => {
    const service = (selector: Json): Json => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { selector, ports: [{ port: 80 }] },
    });
    apply('first', service({ app: 'a' }));
    expect(refusal(() => apply('second', service({ tier: 'b' }))).message).toBe(
      'Apply failed with 1 conflict: conflict with "first": .spec.selector',
    );
  });

  it('refuses what the schema does not know, whatever the field validation', () => {
    expect(refusal(() => apply('me', { ...configMap({ k: 1 }), foo: 1 })).message).toBe(
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): errors:\n  .data.k: expected string, got &value.valueUnstructured{Value:1}\n  .foo: field not declared in schema',
    );
  });

  it('stores nothing when nothing changes, and nothing on a dry run', () => {
    apply('me', configMap({ k: 'v' }));
    const { revision } = api.store;
    apply('me', configMap({ k: 'v' }));
    apply('me', configMap({ k: 'w' }), { dryRun: true });
    expect(api.store.revision).toBe(revision);
  });

  it('takes over from client-side apply what that wrote, as kubectl asks for it', () => {
    const config = configMap({ k: 'v' });
    api.as('kubectl-client-side-apply').create(CONFIG_MAPS, {
      ...config,
      metadata: {
        name: 'a',
        namespace: 'default',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(config) },
      },
    } as never);
    const applied = apply('kubectl', configMap({ k: 'w' }));
    expect((applied as KubeObject & { data?: Json }).data).toEqual({ k: 'w' });
    expect(applied.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toBe(
      '{"apiVersion":"v1","data":{"k":"w"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    );
    expect(refusal(() => apply('other', configMap({ k: 'x' }))).code).toBe(409);
  });
});

describe('managedFields of other writes', () => {
  it('give a changed field to whoever changed it', async () => {
    apply('first', configMap({ k: '1', l: '1' }));
    await clock.advance(1000);
    const changed = patchObject(
      api,
      target(CONFIG_MAPS),
      'merge',
      { data: { k: '2' } },
      {
        ...plain,
        manager: 'editor',
      },
    );
    expect(entries(changed)).toEqual([
      ['first', 'Apply', { 'f:data': { 'f:l': {} } }],
      ['editor', 'Update', { 'f:data': { 'f:k': {} } }],
    ]);
  });

  it('survive a client that leaves them out, and go when it sends an empty list', () => {
    apply('first', configMap({ k: '1' }));
    const replace = (body: Json): KubeObject =>
      replaceFromBody(api, target(CONFIG_MAPS), body, { ...plain, manager: 'editor' }).object;
    expect(entries(replace(configMap({ k: '1', l: '2' })))).toHaveLength(2);
    expect(
      replace(configMap({ k: '1', l: '3' }, { managedFields: [] })).metadata.managedFields,
    ).toBeUndefined();
    expect(replace(configMap({ k: '4' })).metadata.managedFields).toBeUndefined();
    expect(refusal(() => apply('me', configMap({ k: '5' }))).message).toContain(
      '"before-first-apply" using v1',
    );
  });

  it('tell a write of the status from one of the object', () => {
    const deployments = api.as('kube-controller-manager');
    api.as('kubectl-create').create(DEPLOYMENTS, deploymentOf('a'));
    const written = deployments.mutate(
      DEPLOYMENTS,
      'default',
      'a',
      (draft) => {
        draft.status.replicas = 1;
      },
      { subresource: 'status' },
    );
    expect(written?.metadata.managedFields?.[0]).toMatchObject({
      manager: 'kube-controller-manager',
      subresource: 'status',
      fieldsV1: { 'f:status': { 'f:replicas': {} } },
    });
    expect(written?.metadata.managedFields?.[1]).toMatchObject({
      manager: 'kubectl-create',
      fieldsV1: {
        'f:spec': {
          'f:selector': {},
          'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {} } } } },
        },
      },
    });
  });
});
