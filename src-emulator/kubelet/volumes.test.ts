import { beforeEach, describe, expect, it } from 'vitest';
import type { PodSpec } from '../api/objects.ts';
import { CONFIG_MAPS, PERSISTENT_VOLUME_CLAIMS, PODS, SECRETS } from '../api/resources.ts';
import { createPod, eventsOf } from '../controllers/testing/cluster-fixture.ts';
import type { TokenRequest } from './index.ts';
import { cluster, node, seconds, useKubelets } from './testing/kubelet-fixture.ts';

let tokens: TokenRequest[];
useKubelets({
  tokenFor: (request) => {
    tokens.push(request);
    return `token-${tokens.length}`;
  },
});
beforeEach(() => {
  tokens = [];
  cluster.api.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'lab', name: 'c' },
    data: { color: 'blue', size: 'big' },
  });
});

type Mounts = NonNullable<PodSpec['containers'][0]['volumeMounts']>;

/** Runs a pod that mounts `mounts`, on the first worker. */
function run(name: string, volumes: PodSpec['volumes'], mounts: Mounts, nodeName = 'lab-worker'): void {
  createPod(
    cluster.api,
    name,
    {
      nodeName,
      serviceAccountName: 'builder',
      volumes: volumes ?? [],
      containers: [
        {
          name: 'main',
          image: 'web:1',
          resources: { requests: { cpu: '250m' }, limits: { memory: '64Mi' } },
          volumeMounts: mounts,
        },
      ],
    },
    { app: 'web' },
  );
}

/** The mount at `path` in the container that was made last. */
function mountAt(path: string) {
  const mount = node.configs.at(-1)?.mounts.find((entry) => entry.path === path);
  if (mount === undefined) throw new Error(`nothing is mounted at ${path}`);
  return mount;
}

function read(path: string, file = ''): string {
  const { source, sourcePath } = mountAt(path);
  return new TextDecoder().decode(source.readFile(`${sourcePath}/${file}`));
}

/** What is in a volume beside the kubelet's own folder and the link to it. */
function names(path: string): string[] {
  return mountAt(path)
    .source.list('/')
    .filter((name) => !name.startsWith('..'));
}

describe('volumes of objects', () => {
  it('show all keys or the chosen ones, with their modes, read-only', async () => {
    run(
      'web',
      [
        { name: 'all', configMap: { name: 'c' } },
        {
          name: 'one',
          configMap: {
            name: 'c',
            defaultMode: 0o400,
            items: [{ key: 'color', path: 'a/b/hue', mode: 0o777 }],
          },
        },
        { name: 'none', configMap: { name: 'nosuch', optional: true } },
      ],
      [
        { name: 'all', mountPath: '/all' },
        { name: 'one', mountPath: '/one' },
        { name: 'none', mountPath: '/none' },
        { name: 'all', mountPath: '/color', subPath: 'color' },
      ],
    );
    await seconds(1);
    expect(read('/all', 'size')).toBe('big');
    expect(read('/one', 'a/b/hue')).toBe('blue');
    const { source, readOnly } = mountAt('/one');
    expect(source.stat('/a/b/hue').mode).toBe(0o777);
    expect(names('/one')).toEqual(['a']);
    expect(readOnly).toBe(true);
    expect(names('/none')).toEqual([]);

    cluster.api.mutate(CONFIG_MAPS, 'lab', 'c', (draft) => {
      draft.data = { color: 'red' };
    });
    await seconds(61);
    expect(names('/all')).toEqual(['color']);
    expect(read('/all', 'color')).toBe('red');
    expect(read('/one', 'a/b/hue')).toBe('red');
    // A single file that was mounted does not follow.
    expect(read('/color')).toBe('blue');
  });

  it('lie in a folder named by the time, which a change replaces by another one', async () => {
    run(
      'web',
      [
        { name: 'v', configMap: { name: 'c', items: [{ key: 'color', path: 'deep/hue' }] } },
        { name: 's', secret: { secretName: 'nosuch', optional: true } },
      ],
      [
        { name: 'v', mountPath: '/v' },
        { name: 'v', mountPath: '/part', subPath: 'deep' },
        { name: 's', mountPath: '/s' },
      ],
    );
    await seconds(1);
    const { source } = mountAt('/v');
    const folder = source.readLink('/..data') ?? '';
    expect(folder).toMatch(/^\.\.2026_01_01_00_00_\d\d\.\d+$/);
    expect(source.list('/')).toEqual([folder, '..data', 'deep']);
    expect(source.readLink('/deep')).toBe('..data/deep');
    expect(source.stat('/').mode).toBe(0o777);
    expect(mountAt('/s').source.stat('/').mode).toBe(0o1777);

    await seconds(61);
    // Nothing has changed: nothing is written.
    expect(source.readLink('/..data')).toBe(folder);
    cluster.api.mutate(CONFIG_MAPS, 'lab', 'c', (draft) => {
      draft.data = { color: 'red' };
    });
    await seconds(61);
    expect(source.readLink('/..data')).not.toBe(folder);
    expect(source.exists(`/${folder}`)).toBe(false);
    expect(read('/v', 'deep/hue')).toBe('red');
    expect(read('/part', 'hue')).toBe('blue');
  });

  it('project tokens, the pod itself and other objects into one folder', async () => {
    run(
      'web',
      [
        {
          name: 'p',
          projected: {
            sources: [
              { serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 600 } },
              { configMap: { name: 'c', items: [{ key: 'color', path: 'hue' }] } },
              {
                downwardAPI: {
                  items: [
                    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
                    {
                      path: 'cpu',
                      resourceFieldRef: { containerName: 'main', resource: 'requests.cpu', divisor: '1m' },
                    },
                    {
                      path: 'memory',
                      resourceFieldRef: { containerName: 'main', resource: 'limits.memory', divisor: '1Mi' },
                    },
                    { path: 'cores', resourceFieldRef: { containerName: 'main', resource: 'limits.cpu' } },
                  ],
                },
              },
            ],
          },
        },
      ],
      [{ name: 'p', mountPath: '/p' }],
    );
    await seconds(1);
    expect(read('/p', 'token')).toBe('token-1');
    expect(tokens[0]).toMatchObject({ audience: 'vault', expirationSeconds: 600 });
    // A token is not signed anew as long as it is young.
    await seconds(470);
    expect(read('/p', 'token')).toBe('token-1');
    await seconds(120);
    expect(read('/p', 'token')).toBe('token-2');
    expect(tokens[0]?.pod.spec.serviceAccountName).toBe('builder');
    expect(read('/p', 'labels')).toBe('app="web"');
    // What has no limit may use the node's four cores.
    expect([read('/p', 'cpu'), read('/p', 'memory'), read('/p', 'cores')]).toEqual(['250', '64', '4']);
  });

  it('that are not there are told one by one, until they are', async () => {
    run(
      'web',
      [
        { name: 'v', configMap: { name: 'nosuch' } },
        { name: 'w', secret: { secretName: 'nosuch' } },
        { name: 'x', configMap: { name: 'c', items: [{ key: 'zzz', path: 'p' }] } },
        { name: 'h', hostPath: { path: '/nosuch', type: 'Directory' } },
        {
          name: 'p',
          projected: { sources: [{ configMap: { name: 'nosuch' } }, { secret: { name: 'nosuch' } }] },
        },
      ],
      [],
    );
    await seconds(8);
    const failed = (volume: string, why: string): string =>
      `FailedMount: MountVolume.SetUp failed for volume "${volume}" : ${why} (×5)`;
    expect(eventsOf(cluster.api, 'web')).toEqual([
      failed('v', 'configmap "nosuch" not found'),
      failed('w', 'secret "nosuch" not found'),
      failed('x', 'configmap references non-existent config key: zzz'),
      failed('h', 'hostPath type check failed: /nosuch is not a directory'),
      failed('p', '[configmap "nosuch" not found, secret "nosuch" not found]'),
    ]);
    cluster.api.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace: 'lab', name: 'nosuch' },
      data: {},
    });
    await seconds(10);
    // What could be mounted is not complained of again.
    expect(eventsOf(cluster.api, 'web')).toContain(failed('w', 'secret "nosuch" not found'));
  });
});

describe('storage', () => {
  it('of the node is shared by the pods on it, that of a claim by all who mount it, for as long as it is', async () => {
    cluster.api.create(PERSISTENT_VOLUME_CLAIMS, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { namespace: 'lab', name: 'data' },
      spec: {},
      status: {},
    });
    const volumes = [
      { name: 'h', hostPath: { path: '/srv/x', type: 'DirectoryOrCreate' } },
      { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'e', emptyDir: {} },
    ];
    const mounts = [
      { name: 'h', mountPath: '/h' },
      { name: 'd', mountPath: '/d', subPath: 'part' },
      { name: 'e', mountPath: '/e' },
    ];
    run('one', volumes, mounts);
    await seconds(1);
    for (const path of ['/h', '/d', '/e']) {
      const { source, sourcePath } = mountAt(path);
      source.writeFile(`${sourcePath}/note`, 'hello');
    }
    cluster.api.delete(PODS, 'lab', 'one', { gracePeriodSeconds: 0 });
    run('two', volumes, mounts);
    await seconds(1);
    expect([read('/h', 'note'), read('/d', 'note')]).toEqual(['hello', 'hello']);
    expect(mountAt('/e').source.list('/')).toEqual([]);
    run('three', volumes, mounts, 'lab-worker2');
    await seconds(1);
    expect(read('/d', 'note')).toBe('hello');
    expect(mountAt('/h').source.list('/srv/x')).toEqual([]);
  });
});
