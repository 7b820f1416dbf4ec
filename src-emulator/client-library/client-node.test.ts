/** The JavaScript client library of Kubernetes, as other programs use it, against the emulated cluster. */
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  makeInformer,
  PortForward,
  type Informer,
  type ObjectCache,
  type V1ConfigMap,
  type V1Namespace,
  type V1Pod,
  type V1PodSpec,
  type V1ServiceAccount,
  type V1Status,
} from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type Cluster } from '../cluster.ts';
import type { Literal } from './literal.ts';

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';

function configOf(cluster: Cluster): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  return config;
}

/** What an informer has been told, in order, and a way to wait for it. */
class Heard {
  readonly lines: string[] = [];
  readonly #emitter = new EventEmitter();

  constructor(informer: Informer<V1ConfigMap>) {
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata, data }) => {
        this.say(`${verb} ${metadata?.name ?? ''}${data === undefined ? '' : ` ${data['v'] ?? ''}`}`);
      });
    informer.on('connect', () => this.say('connect'));
    informer.on('error', () => this.say('error'));
  }

  say(line: string): void {
    this.lines.push(line);
    this.#emitter.emit('line');
  }

  async until(line: string): Promise<void> {
    while (!this.lines.includes(line)) await once(this.#emitter, 'line');
  }

  /** Everything heard since the last time. */
  take(): string[] {
    return this.lines.splice(0);
  }
}

const SHOP: Literal<V1Namespace> = { metadata: { name: 'shop' } };
const ACCOUNT: Literal<V1ServiceAccount> = { metadata: { name: 'web' } };
const map = (name: string, value: string): Literal<V1ConfigMap> => ({
  metadata: { name },
  data: { v: value },
});
/** A pod whose container has the pod's name. */
const pod = (
  name: string,
  container: { args?: string[]; command?: string[] },
  spec: Partial<Literal<V1PodSpec>> = {},
): Literal<V1Pod> => ({
  metadata: { name },
  spec: { serviceAccountName: 'web', containers: [{ name, image: IMAGE, ...container }], ...spec },
});

/** `onList` hears whenever the informer asks for everything anew. */
function informerOf(
  config: KubeConfig,
  onList: () => void = () => undefined,
): Informer<V1ConfigMap> & ObjectCache<V1ConfigMap> {
  const core = config.makeApiClient(CoreV1Api);
  return makeInformer(config, CONFIG_MAPS, () => {
    onList();
    return core.listNamespacedConfigMap({ namespace: 'shop' });
  });
}

const held = (informer: ObjectCache<V1ConfigMap>): string[] =>
  informer
    .list()
    .map(({ metadata, data }) => `${metadata?.name ?? ''} ${data?.['v'] ?? ''}`)
    .sort();

describe('a running cluster', () => {
  let cluster: Cluster;
  let config: KubeConfig;
  let core: CoreV1Api;

  beforeAll(async () => {
    cluster = await startCluster();
    config = configOf(cluster);
    core = config.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: SHOP });
    await core.createNamespacedServiceAccount({ namespace: 'shop', body: ACCOUNT });
    await core.createNamespacedPod({
      namespace: 'shop',
      body: pod('web', { args: ['netexec', '--http-port=8080'] }),
    });
    await running('web');
  });
  afterAll(() => cluster.stop());

  async function running(name: string): Promise<void> {
    const path = '/api/v1/namespaces/shop/pods';
    const pods = makeInformer(config, path, () => core.listNamespacedPod({ namespace: 'shop' }));
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (pods.get(name, 'shop')?.status?.phase === 'Running') resolve();
      };
      pods.on('change', look);
      void pods.start();
    });
    await pods.stop();
  }

  it('tells an informer what is there and what becomes of it', async () => {
    await core.createNamespacedConfigMap({ namespace: 'shop', body: map('a', '1') });
    const informer = informerOf(config);
    const heard = new Heard(informer);
    await informer.start();
    await heard.until('add a 1');
    await core.createNamespacedConfigMap({ namespace: 'shop', body: map('b', '1') });
    await core.replaceNamespacedConfigMap({ namespace: 'shop', name: 'a', body: map('a', '2') });
    await core.deleteNamespacedConfigMap({ namespace: 'shop', name: 'b' });
    await heard.until('delete b 1');
    expect(heard.lines.filter((line) => / [ab] /.test(line))).toEqual([
      'add a 1',
      'add b 1',
      'update a 2',
      'delete b 1',
    ]);
    expect(held(informer).filter((line) => !line.startsWith('kube-root-ca'))).toEqual(['a 2']);
    await informer.stop();
  });

  async function exec(command: string[], stdin: Readable | null = null) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const said = Promise.all([text(stdout), text(stderr)]);
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(config)
        .exec('shop', 'web', 'web', command, stdout, stderr, stdin, false, resolve)
        .catch(reject);
    });
    return { said: await said, status };
  }

  it('runs a command with both outputs, its input and its status', async () => {
    const plain = await exec(['sh', '-c', 'echo out; echo err >&2; exit 7']);
    expect(plain.said).toEqual(['out\n', 'err\n']);
    expect(plain.status).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: 'command terminated with non-zero exit code: exit status 7',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    });
    const fed = await exec(['sh', '-c', 'cat; echo end'], Readable.from(['one\n', 'two\n']));
    expect(fed.said).toEqual(['one\ntwo\nend\n', '']);
    expect(fed.status.status).toBe('Success');
    const missing = await exec(['nosuch']);
    expect(missing.status.status).toBe('Failure');
    expect(missing.status.message).toContain('"nosuch": executable file not found in $PATH');
  });

  async function forward(port: number, request: string): Promise<[string, string]> {
    const [output, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const socket = await new PortForward(config).portForward('shop', 'web', [port], output, errors, input);
    if (typeof socket === 'function') throw new Error('a socket that restarts was not asked for');
    input.write(request);
    await new Promise((resolve) => socket.addEventListener('close', resolve));
    return [await text(output.end()), await text(errors.end())];
  }

  it('forwards a port of a pod', async () => {
    const request = 'GET /hostname HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n';
    const [answer, errors] = await forward(8080, request);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toMatch(/\r\n\r\nweb$/);
    expect(errors).toBe('');
    const [nothing, why] = await forward(81, request);
    expect(nothing).toBe('');
    expect(why).toMatch(/^error forwarding port 81 to pod .*: connect: connection refused/s);
    await expect(forward(0, '')).rejects.toThrow();
  });

  it('follows a log until the container ends', async () => {
    const script = 'echo first; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo last';
    const body = pod('job', { command: ['sh', '-c', script] }, { restartPolicy: 'Never' });
    await core.createNamespacedPod({ namespace: 'shop', body });
    await running('job');
    const followed = new PassThrough({ encoding: 'utf8' });
    await new Log(config).log('shop', 'job', 'job', followed, { follow: true });
    expect(await once(followed, 'data')).toEqual(['first\n']);
    const all = text(followed);
    const touch = new Exec(config);
    await new Promise((resolve, reject) => {
      const [out, err] = [new PassThrough(), new PassThrough()];
      const command = ['touch', '/tmp/go'];
      touch.exec('shop', 'job', 'job', command, out, err, null, false, resolve).catch(reject);
    });
    expect(await all).toBe('last\n');
  });
});

describe('a cluster that is started again', () => {
  let directory: string;
  let cluster: Cluster;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'switchyard-restart-'));
    cluster = await startCluster({ stateDirectory: directory, workers: 0 });
  });
  afterEach(async () => {
    await cluster.stop();
    rmSync(directory, { recursive: true });
  });

  async function restart(): Promise<void> {
    const port = Number(new URL(cluster.url).port);
    await cluster.stop();
    cluster = await startCluster({ stateDirectory: directory, workers: 0, port });
  }

  it('lets an informer go on where it was, and makes it list again when that is forgotten', async () => {
    const config = configOf(cluster);
    const core = config.makeApiClient(CoreV1Api);
    await core.createNamespace({ body: SHOP });
    const create = (name: string): Promise<unknown> =>
      core.createNamespacedConfigMap({ namespace: 'shop', body: map(name, '1') });
    const change = (name: string, value: string): Promise<unknown> =>
      core.replaceNamespacedConfigMap({ namespace: 'shop', name, body: map(name, value) });
    const remove = (name: string): Promise<unknown> =>
      core.deleteNamespacedConfigMap({ namespace: 'shop', name });
    let lists = 0;
    const informer = informerOf(config, () => lists++);
    const heard = new Heard(informer);
    const listed = (): string[] => heard.take().filter((line) => / [a-z] /.test(line));

    for (const name of ['a', 'b', 'c']) await create(name);
    await informer.start();
    await heard.until('add c 1');
    expect(listed()).toEqual(['add a 1', 'add b 1', 'add c 1']);
    await Promise.all([restart(), heard.until('error')]);
    await change('a', '2');
    await remove('b');
    // What whoever uses an informer does after an error.
    await informer.start();
    await heard.until('delete b 1');
    expect(listed()).toEqual(['update a 2', 'delete b 1']);
    expect(lists).toBe(1);

    await Promise.all([restart(), heard.until('error')]);
    await remove('a');
    await create('d');
    // So much is written that what came before goes into a snapshot: it cannot be watched again.
    await create('z');
    for (let count = 0; count < 10; count++) await change('z', String(count).repeat(1_000_000));
    await restart();
    await change('z', 'small');
    await informer.start();
    await heard.until('add z small');
    expect(lists).toBe(2);
    expect(listed()).toEqual(['delete a 2', 'add d 1', 'add z small']);
    await create('e');
    await heard.until('add e 1');
    expect(held(informer).filter((line) => !line.startsWith('kube-root-ca'))).toEqual([
      'c 1',
      'd 1',
      'e 1',
      'z small',
    ]);
    await informer.stop();
  }, 60_000);
});
