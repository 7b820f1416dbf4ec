import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../clock.ts';
import { createMachinery } from '../machinery/testing/machinery-fixture.ts';
import type { Pod, PodSpec, RuntimeClass } from '../objects.ts';
import { PODS, RUNTIME_CLASSES } from '../resources.ts';

function cluster(runtimeClass: Partial<RuntimeClass> = {}) {
  const api = createMachinery(new VirtualClock(), ['default']);
  const createClass = (): RuntimeClass =>
    api.create(RUNTIME_CLASSES, {
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name: 'gv' },
      handler: 'gvisor',
      ...runtimeClass,
    });
  const createPod = (spec: Partial<PodSpec> & { runtimeClassName?: string }): Pod =>
    api.create(PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
      status: { phase: 'Pending' },
    });
  return { createClass, createPod };
}

describe('a pod of a runtime class', () => {
  it('needs one that is there', () => {
    expect(() => cluster().createPod({ runtimeClassName: 'gv' })).toThrow(
      'pods "p" is forbidden: pod rejected: RuntimeClass "gv" not found',
    );
  });

  it('gets its overhead, its nodes and its tolerations', () => {
    const { createClass, createPod } = cluster({
      overhead: { podFixed: { cpu: '100m' } },
      scheduling: { nodeSelector: { sandbox: 'yes' }, tolerations: [{ key: 'sandbox', operator: 'Exists' }] },
    });
    createClass();
    const { spec } = createPod({ runtimeClassName: 'gv', nodeSelector: { disk: 'ssd' } });
    expect(spec).toMatchObject({
      overhead: { cpu: '100m' },
      nodeSelector: { disk: 'ssd', sandbox: 'yes' },
    });
    expect(spec.tolerations?.[0]).toEqual({ key: 'sandbox', operator: 'Exists' });
  });

  it('may not ask for something else', () => {
    const { createClass, createPod } = cluster({ scheduling: { nodeSelector: { sandbox: 'yes' } } });
    createClass();
    expect(() => createPod({ runtimeClassName: 'gv', nodeSelector: { sandbox: 'no' } })).toThrow(
      'conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; pod.spec.nodeSelector[sandbox] = no',
    );
    expect(() => createPod({ overhead: { cpu: '1' } })).toThrow(
      'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
    );
  });
});

it('a runtime class has the name of a handler', () => {
  expect(() => cluster({ handler: '' }).createClass()).toThrow(
    'RuntimeClass.node.k8s.io "gv" is invalid: handler: Invalid value: "": a lowercase RFC 1123 label must consist of',
  );
});
