import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import * as argv from '../../src-main/engine/argv.ts';
import { kindConfig } from '../../src-main/providers/kind/config.ts';
import * as kind from '../../src-main/providers/kind/argv.ts';
import { words } from './engine-cases.ts';
import { CLUSTER, PLAIN, type Recorder } from './recorder.ts';

const TAKEN = 38080;
/** systemd in a node has given up long before. */
const NODE_START_MS = 8000;
const INOTIFY = '/proc/sys/fs/inotify/max_user_instances';
const target = { engine: 'docker', cluster: CLUSTER } as const;

/** A cluster as the app makes it, everything that is asked of it, and its end. */
export async function recordCluster(recorder: Recorder): Promise<void> {
  const save = recorder.save.bind(recorder);
  await save('kind/version', words(kind.kindVersionCommand()));
  await save('kind/delete-none', words(kind.deleteCommand(target, recorder.kubeconfig)));
  await save('kind/kubeconfig-none', words(kind.kubeconfigCommand(target)));
  await save('kind/load-no-archive', words(kind.loadArchiveCommand(target, '/nowhere/images.tar')));
  const success = [
    'kind/create',
    'kind/create-name-taken',
    'kind/load',
    'kind/load-garbage',
    'kind/load-incomplete',
  ];
  const details = [
    'kind/clusters',
    'kind/kubeconfig',
    'kind/delete',
    'docker/ps',
    'docker/inspect-containers',
  ];
  if (!recorder.wants(...success, ...details, 'docker/network', 'docker/inspect-containers-stopped')) return;
  const ports = { http: 38081, https: 38444, workers: [38100, 38200] };
  const config = kindConfig({ ports, proxyMode: 'iptables' });
  if (recorder.wants('kind/create')) await save('kind/create', recorder.create(config));
  else recorder.run(recorder.create(config));
  try {
    await save('kind/create-name-taken', recorder.create(config));
    await save('kind/clusters', ['kind', 'get', 'clusters'], { edit: () => `${CLUSTER}\n` });
    await save('kind/kubeconfig', words(kind.kubeconfigCommand(target)), { edit: withoutKeys });
    const label = `io.x-k8s.kind.cluster=${CLUSTER}`;
    await save('docker/ps', words(argv.containersCommand('docker', label)));
    const ids = recorder
      .run(words(argv.containersCommand('docker', label)))
      .trim()
      .split('\n');
    await save('docker/inspect-containers', words(argv.inspectContainersCommand('docker', ids)));
    await save('docker/network', words(argv.networkCommand('docker', 'kind')), { edit: ownMembers });
    await recordLoads(recorder);
    recorder.run(['docker', 'stop', ...ids]);
    await save('docker/inspect-containers-stopped', words(argv.inspectContainersCommand('docker', ids)));
    await save('docker/start', words(argv.startCommand('docker', ids)));
  } finally {
    if (recorder.wants('kind/delete'))
      await save('kind/delete', words(kind.deleteCommand(target, recorder.kubeconfig)));
    else recorder.deleteCluster();
  }
}

/** A kubeconfig without what lets anybody in. */
function withoutKeys(output: string): string {
  return output.replaceAll(/(-data: )\S+/g, `$1${Buffer.from('left out').toString('base64')}`);
}

/** The network without what others have in it. */
function ownMembers(output: string): string {
  const networks = JSON.parse(output) as { Containers: Record<string, { Name: string }> }[];
  const own = networks.map((network) => ({
    ...network,
    Containers: Object.fromEntries(
      Object.entries(network.Containers).filter(([, { Name }]) => Name.startsWith(CLUSTER)),
    ),
  }));
  return `${JSON.stringify(own, undefined, 4)}\n`;
}

async function recordLoads(recorder: Recorder): Promise<void> {
  const archive = recorder.file('images.tar', '');
  recorder.run(['docker', 'save', '--output', archive, smallImage(recorder)]);
  await recorder.save('kind/load', words(kind.loadArchiveCommand(target, archive)));
  const garbage = recorder.file('images.tar', Buffer.alloc(20_000, 'garbage '));
  await recorder.save('kind/load-garbage', words(kind.loadArchiveCommand(target, garbage)));
}

/** Any image but the node's, which would take long. */
function smallImage(recorder: Recorder): string {
  const lines = recorder.run(['docker', 'images', '--format', '{{.Repository}}:{{.Tag}}']).split('\n');
  return lines.find((name) => /busybox|pause|nginx/.test(name)) ?? recorder.nodeImage;
}

/** Everything that can go wrong when a cluster is made, brought about one after the other. */
export async function recordKindFailures(recorder: Recorder): Promise<void> {
  const save = recorder.save.bind(recorder);
  await recordPorts(recorder);
  await save('kind/create-image-unknown', recorder.create(PLAIN, 'kindest/node:v1.34.99'), {
    about: 'no network, and an image that the engine does not have',
  });
  await save('kind/create-no-node-image', recorder.create(PLAIN, smallImage(recorder)), {
    about: 'an image that is no node image',
  });
  await recordVersions(recorder);
  await recordInotify(recorder);
  for (const [name, signal, words] of [
    ['kind/create-interrupted', 'SIGINT', '• Preparing nodes'],
    ['kind/create-killed', 'SIGKILL', '• Starting control-plane'],
  ] as const) {
    await save(name, recorder.create(PLAIN), {
      about: `${signal} while the step runs`,
      onLine: (line) => (line.includes(words) ? signal : undefined),
    });
    recorder.deleteCluster();
  }
}

async function recordPorts(recorder: Recorder): Promise<void> {
  const ports = { http: TAKEN, https: 38444, workers: [] };
  const config = kindConfig({ ports, proxyMode: 'iptables' });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(TAKEN, '127.0.0.1', resolve));
  await recorder.save('kind/create-port-taken', recorder.create(config), {
    about: `another program listens on port ${TAKEN}`,
  });
  await new Promise((resolve) => server.close(resolve));
  if (!recorder.wants('kind/create-port-allocated')) return;
  const holder = ['docker', 'run', '--detach', '--rm', '--name', `${CLUSTER}-holder`];
  recorder.run([...holder, '--publish', `127.0.0.1:${TAKEN}:80`, smallImage(recorder), 'sleep', '300']);
  await recorder.save('kind/create-port-allocated', recorder.create(config), {
    about: `another container publishes port ${TAKEN}`,
  });
  recorder.run(['docker', 'rm', '--force', `${CLUSTER}-holder`]);
}

/** Node images that this kind cannot work with. */
async function recordVersions(recorder: Recorder): Promise<void> {
  const build = (name: string, stands: string, lines: string): string => {
    recorder.images[name] = stands;
    recorder.run(['docker', 'build', '--tag', name, '-'], `FROM ${recorder.nodeImage}\n${lines}`);
    return name;
  };
  if (recorder.wants('kind/create-old-node-image')) {
    const old = build('rec-old/node:v1', 'kindest/node:v1.14.10', 'RUN printf v1.14.10 > /kind/version\n');
    await recorder.save('kind/create-old-node-image', recorder.create(PLAIN, old), {
      about: 'a node image that says it is of Kubernetes 1.14',
    });
    recorder.run(['docker', 'rmi', old]);
  }
  if (!recorder.wants('kind/create-cgroup-v1')) return;
  const strict = build('rec-new/node:v1', 'kindest/node:v1.35.8', '');
  const kubelet = stringify({ kind: 'KubeletConfiguration', failCgroupV1: true });
  const config = stringify({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    kubeadmConfigPatches: [kubelet],
  });
  await recorder.save('kind/create-cgroup-v1', recorder.create(config, strict), {
    about:
      'a kubelet that refuses cgroup v1, as it does by itself from Kubernetes 1.35 on (needs a machine with v1)',
  });
  recorder.run(['docker', 'rmi', strict]);
}

/** The limit is the whole machine's: it is set back as soon as the node has met it. */
async function recordInotify(recorder: Recorder): Promise<void> {
  if (!recorder.wants('kind/create-inotify')) return;
  const before = readFileSync(INOTIFY, 'utf8').trim();
  const restore = (): void => writeFileSync(INOTIFY, before);
  process.once('exit', restore);
  await recorder.save('kind/create-inotify', recorder.create(PLAIN), {
    about: 'fs.inotify.max_user_instances is used up while the node starts (with cgroup v1 it does without)',
    onLine: (line) => {
      if (!line.includes('• Preparing nodes')) return undefined;
      writeFileSync(INOTIFY, '8');
      void sleep(NODE_START_MS).then(restore);
      return undefined;
    },
  });
}
