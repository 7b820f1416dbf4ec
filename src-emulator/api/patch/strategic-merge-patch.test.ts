import { beforeAll, describe, expect, it } from 'vitest';
import { loadSchemas, type Schemas } from '../schema/index.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

let schemas: Schemas;
beforeAll(async () => {
  schemas = await loadSchemas();
});
const onPod = (target: object, patch: object): unknown =>
  applyStrategicMergePatch({ ...target }, { ...patch }, schemas, 'io.k8s.api.core.v1.Pod');
const onService = (target: object, patch: object): unknown =>
  applyStrategicMergePatch({ ...target }, { ...patch }, schemas, 'io.k8s.api.core.v1.Service');

describe('strategic merge patch', () => {
  it('merges containers by name and keeps the rest', () => {
    const pod = {
      spec: {
        containers: [
          { name: 'a', image: 'a:1' },
          { name: 'b', image: 'b:1', tty: true },
        ],
      },
    };
    expect(onPod(pod, { spec: { containers: [{ name: 'b', image: 'b:2' }] } })).toEqual({
      spec: {
        containers: [
          { name: 'a', image: 'a:1' },
          { name: 'b', image: 'b:2', tty: true },
        ],
      },
    });
    expect(pod.spec.containers[1]).toEqual({ name: 'b', image: 'b:1', tty: true });
  });

  it('removes a list element by its merge key', () => {
    const service = { spec: { ports: [{ port: 80 }, { port: 81 }] } };
    expect(onService(service, { spec: { ports: [{ port: 80, $patch: 'delete' }] } })).toEqual({
      spec: { ports: [{ port: 81 }] },
    });
  });

  it('replaces a list on request', () => {
    const service = { spec: { ports: [{ port: 80 }, { port: 81 }] } };
    expect(onService(service, { spec: { ports: [{ port: 1 }, { $patch: 'replace' }] } })).toEqual({
      spec: { ports: [{ port: 1 }] },
    });
  });

  it('orders a list as asked and keeps what only the server has in its place', () => {
    const pod = { spec: { containers: [{ name: 'a' }, { name: 'x' }, { name: 'b' }] } };
    const patch = {
      spec: {
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }],
        containers: [{ name: 'c', image: 'c' }],
      },
    };
    expect(onPod(pod, patch)).toEqual({
      spec: { containers: [{ name: 'x' }, { name: 'b' }, { name: 'c', image: 'c' }, { name: 'a' }] },
    });
  });

  it('drops what $retainKeys does not name', () => {
    const pod = { spec: { volumes: [{ name: 'v', emptyDir: {} }] } };
    const patch = {
      spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
    };
    expect(onPod(pod, patch)).toEqual({ spec: { volumes: [{ name: 'v', configMap: { name: 'c' } }] } });
  });

  it('merges and removes finalizers as a set', () => {
    const pod = { metadata: { finalizers: ['a', 'b'] } };
    expect(onPod(pod, { metadata: { finalizers: ['c', 'a'] } })).toEqual({
      metadata: { finalizers: ['c', 'a', 'b'] },
    });
    expect(onPod(pod, { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } })).toEqual({
      metadata: { finalizers: ['b'] },
    });
  });

  it('removes fields set to null', () => {
    expect(
      onPod({ metadata: { labels: { a: '1', b: '2' } } }, { metadata: { labels: { a: null } } }),
    ).toEqual({
      metadata: { labels: { b: '2' } },
    });
  });

  it('refuses a list element without its merge key', () => {
    expect(() => onPod({ spec: {} }, { spec: { containers: [{ image: 'x' }] } })).toThrow(
      /does not contain declared merge key: name/,
    );
  });
});
