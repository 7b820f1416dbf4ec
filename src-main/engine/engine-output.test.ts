import { describe, expect, it } from 'vitest';
import { printed, readRecording } from '../providers/testing/recording.ts';
import { parseContainers, parseSubnet } from './containers.ts';
import { findImage, normalReference, parseImages, PullProgressReader, tagOf } from './images.ts';
import { isAtLeast, parseApiVersion, parseInfo } from './info.ts';

const out = (name: string): string => printed(readRecording(name), 'out');

describe('what an engine says of itself', () => {
  it('docker', () => {
    expect(parseInfo('docker', out('docker/info'))).toMatchObject({
      engine: 'docker',
      version: '20.10.24+dfsg1',
      operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      architecture: 'amd64',
      cgroup: 1,
      rootless: false,
      virtualMachine: false,
      containerdStore: false,
      rootDirectory: '/var/lib/docker',
      proxy: undefined,
    });
    expect(parseApiVersion(out('docker/version'))).toBe('1.41');
  });

  it('podman, on Linux and in a machine of its own', () => {
    expect(parseInfo('podman', out('podman/documented/info'))).toMatchObject({
      version: '5.6.2',
      operatingSystem: 'fedora 42',
      architecture: 'amd64',
      cgroup: 2,
      rootless: true,
      virtualMachine: false,
      memory: 16_626_253_824,
      rootDirectory: '/home/ana/.local/share/containers/storage',
    });
    expect(parseInfo('podman', out('podman/documented/info-machine'))).toMatchObject({
      architecture: 'arm64',
      rootless: false,
      virtualMachine: true,
    });
  });

  it('nerdctl', () => {
    expect(parseInfo('nerdctl', out('nerdctl/documented/info'))).toMatchObject({
      engine: 'nerdctl',
      version: 'v2.1.3',
      cgroup: 2,
      rootless: true,
      processors: 8,
    });
  });

  it.each([
    ['docker', 'docker/info-engine-stopped'],
    ['docker', 'docker/info-engine-forbidden'],
    ['podman', 'podman/documented/info-machine-stopped'],
    ['nerdctl', 'nerdctl/documented/info-stopped'],
  ] as const)('is nothing when %s does not run: %s', (engine, name) => {
    expect(parseInfo(engine, out(name))).toBeUndefined();
  });

  it('is nothing when it is garbage', () => {
    for (const text of ['', '{', '[]', 'null', '{"ServerVersion":3}', '\u0000\u001b[2J{"a":'])
      expect(parseInfo('docker', text)).toBeUndefined();
    expect(parseApiVersion(out('docker/version-engine-stopped'))).toBeUndefined();
  });

  it('reads versions by their numbers', () => {
    expect(isAtLeast('20.10.24+dfsg1', '20.10')).toBe(true);
    expect(isAtLeast('1.41', '1.48')).toBe(false);
    expect(isAtLeast('v2.1.3', '2')).toBe(true);
    expect(isAtLeast('6.8.0-45-generic', '5.13')).toBe(true);
    expect(isAtLeast(undefined, '1')).toBe(false);
  });
});

describe('containers of a cluster', () => {
  it('are read with name, label, state and address', () => {
    const containers = parseContainers(out('docker/inspect-containers'));
    expect(containers.map(({ name, status }) => [name, status]).toSorted()).toEqual([
      ['switchyard-control-plane', 'running'],
      ['switchyard-worker', 'running'],
      ['switchyard-worker2', 'running'],
    ]);
    const ids = out('docker/ps').trim().split('\n');
    expect(containers.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    for (const { labels, createdAt, addresses } of containers) {
      expect(labels['io.x-k8s.kind.cluster']).toBe('switchyard');
      expect(new Date(createdAt).getFullYear()).toBe(2026);
      expect(addresses['kind']).toMatch(/^172\.18\.0\.\d+$/);
    }
  });

  it('are read when they have ended, and of the other engines', () => {
    const stopped = parseContainers(out('docker/inspect-containers-stopped'));
    expect(stopped.map(({ status }) => status)).toEqual(['exited', 'exited', 'exited']);
    expect(parseContainers(out('podman/documented/inspect-containers'))).toMatchObject([
      { name: 'switchyard-worker', status: 'running', addresses: { kind: '10.89.0.3' } },
    ]);
    expect(parseContainers(out('nerdctl/documented/inspect-containers'))).toMatchObject([
      { name: 'switchyard-worker', status: 'exited', labels: { 'io.x-k8s.kind.cluster': 'switchyard' } },
    ]);
  });

  it('are none when there are none', () => {
    expect(parseContainers(out('docker/inspect-container-missing'))).toEqual([]);
    expect(parseContainers('garbage [ {')).toEqual([]);
  });

  it('stand in a network with an IPv4 subnet', () => {
    expect(parseSubnet(out('docker/network'))).toBe('172.18.0.0/16');
    expect(parseSubnet(out('podman/documented/network'))).toBe('10.89.0.0/24');
    expect(parseSubnet(out('docker/network-missing'))).toBeUndefined();
  });
});

describe('images', () => {
  it('are found by what they are called', () => {
    const images = parseImages(out('docker/inspect-images'));
    const image = findImage(images, 'kindest/node:v1.34.4');
    expect(image).toMatchObject({ architecture: 'amd64' });
    expect(image?.size).toBeGreaterThan(1e9);
    expect(image?.layers.every((layer) => layer.startsWith('sha256:'))).toBe(true);
    expect(findImage(images, 'docker.io/kindest/node:v1.34.4')).toBe(image);
    expect(findImage(images, 'kindest/node:v1.34.5')).toBeUndefined();
  });

  it('are told although one of them is missing', () => {
    expect(parseImages(out('docker/inspect-images-one-missing'))).toHaveLength(1);
  });

  it('are called otherwise by podman', () => {
    const images = parseImages(out('podman/documented/inspect-images'));
    expect(findImage(images, 'nginx:1.27')).toBeDefined();
    expect(findImage(images, 'shop/web:1')).toBeDefined();
    expect(
      findImage(images, 'nginx:1.27@sha256:2bdc49f2f8ae8d8dc50ed00f2ee56d00385c6f8bc8a8b320d0a294d9e3b49026'),
    ).toBeDefined();
  });

  it('have one full name', () => {
    expect(
      ['nginx:1', 'a/b:1', 'registry.k8s.io/x:1', 'localhost:5000/y:1', 'localhost/z:1'].map(normalReference),
    ).toEqual([
      'docker.io/library/nginx:1',
      'docker.io/a/b:1',
      'registry.k8s.io/x:1',
      'localhost:5000/y:1',
      'docker.io/library/z:1',
    ]);
    expect(tagOf(`kindest/node:v1@sha256:${'0'.repeat(64)}`)).toBe('kindest/node:v1');
  });
});

describe('the progress of a pull', () => {
  const follow = (name: string): (string | undefined)[] => {
    const reader = new PullProgressReader();
    return readRecording(name).lines.map(({ text }) => {
      const progress = reader.read(text);
      return progress === undefined ? undefined : `${progress.done}/${progress.layers}`;
    });
  };

  it.each([
    ['docker/pull', '3/3'],
    ['podman/documented/pull', '4/4'],
    ['podman/documented/pull-terminal', '4/4'],
    ['nerdctl/documented/pull', '2/2'],
  ])('%s ends with %s', (name, end) => {
    const seen = follow(name).filter((progress) => progress !== undefined);
    expect(seen.at(-1)).toBe(end);
    const done = seen.map((progress) => Number(progress.split('/')[0]));
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('is not read out of anything else', () => {
    for (const name of ['docker/pull-again', 'docker/pull-without-network', 'kind/create'])
      expect(follow(name).filter((progress) => progress !== undefined)).toEqual([]);
  });
});
