import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, SECRETS, SERVICES } from '../api/resources.ts';
import { eventsOf } from '../controllers/testing/cluster-fixture.ts';
import { cluster, main, node, pod, run, seconds, status, useKubelets } from './testing/kubelet-fixture.ts';

useKubelets();

describe('the environment', () => {
  it('has Services, references and expansions', async () => {
    cluster.api.create(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'lab', name: 'my-db' },
      spec: { clusterIP: '10.96.7.7', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] },
      status: { loadBalancer: {} },
    });
    cluster.api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'lab', name: 'c' },
      data: { color: 'blue' },
    });
    cluster.api.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'lab', name: 's' },
      data: { word: Buffer.from('open').toString('base64') },
    });
    run(
      'web',
      main('web:1', {
        args: ['--color=$(COLOR)', '$(UNKNOWN)'],
        envFrom: [{ secretRef: { name: 's' }, prefix: 'S_' }],
        env: [
          { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'c', key: 'color' } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          { name: 'URL', value: 'http://$(IP)/$(COLOR)' },
        ],
      }),
    );
    await seconds(1);
    const [config] = node.configs;
    expect(config?.env).toMatchObject({
      MY_DB_SERVICE_HOST: '10.96.7.7',
      MY_DB_SERVICE_PORT: '5432',
      MY_DB_SERVICE_PORT_SQL: '5432',
      MY_DB_PORT_5432_TCP: 'tcp://10.96.7.7:5432',
      S_word: 'open',
      COLOR: 'blue',
      URL: 'http://10.244.1.2/blue',
    });
    expect(config?.args).toEqual(['--color=blue', '$(UNKNOWN)']);
    const file = (path: string) => {
      const mount = config?.mounts.find((entry) => entry.path === path);
      return new TextDecoder().decode(mount?.source.readFile(mount.sourcePath));
    };
    expect(file('/etc/hosts')).toContain('10.244.1.2\tweb\n');
    expect(file('/etc/resolv.conf')).toBe(
      'search lab.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
    );
  });

  it('that is incomplete keeps the container from being created, until it is complete', async () => {
    run(
      'web',
      main('web:1', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'late', key: 'k' } } }] }),
    );
    run('vol', { ...main('web:1'), volumes: [{ name: 'v', configMap: { name: 'late' } }] });
    await seconds(1);
    expect(status('web')?.state.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "late" not found',
    });
    expect(status('vol')?.state.waiting?.reason).toBe('ContainerCreating');
    expect(eventsOf(cluster.api, 'vol')[0]).toMatch(
      /^FailedMount: MountVolume.SetUp failed for volume "v" : configmap "late" not found/,
    );
    cluster.api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'lab', name: 'late' },
      data: { k: 'v' },
    });
    await seconds(12);
    expect(pod('web')?.status.phase).toBe('Running');
    expect(pod('vol')?.status.phase).toBe('Running');
  });
});
