import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ProgressStep } from '#shared/cluster.ts';
import { commandLine, type Command, type CommandRunner } from '../../command/command.ts';
import { CommandLog } from '../../command/log.ts';
import { createKubeClient } from '../../kube/client.ts';
import { Engine } from '../../engine/engine.ts';
import { parseInfo } from '../../engine/info.ts';
import type { Making } from '../container/tool.ts';
import { Progress } from '../progress.ts';
import { impatientClock } from '../testing/impatient-clock.ts';
import { printed, readRecording } from '../testing/recording.ts';
import * as argv from './argv.ts';
import { parseK3dLine, parseK3dMessage, parseK3dVersion, parseKubeconfig, parseNodeImages } from './parse.ts';
import { K3S_IMAGE, k3dTool } from './tool.ts';
import { traefikConfig } from './traefik.ts';

const ports = { http: 8080, https: 8443, workers: [30070, 31070] };

describe('command lines of k3d', () => {
  const create = argv.createCommand({
    cluster: 'lab',
    image: K3S_IMAGE,
    ports,
    proxyMode: 'iptables',
    imageFolder: '/home/ana@corp/images',
    manifest: '/x/traefik.yaml',
  });

  it('publish on loopback only, and touch no kubeconfig of the user', () => {
    const line = commandLine(create);
    expect(line).toContain('k3d cluster create lab --servers 1 --agents 2 --image rancher/k3s:v1.34.9-k3s1');
    expect(line).toContain('--api-port 127.0.0.1:random --timeout 300s');
    expect(line).toContain('--kubeconfig-update-default=false --kubeconfig-switch-context=false');
    const published = create.args.filter((_, index) => create.args[index - 1] === '--port');
    expect(published).toEqual([
      '127.0.0.1:8080:80@loadbalancer',
      '127.0.0.1:8443:443@loadbalancer',
      '127.0.0.1:30070-30085:30070-30085@agent:0:direct',
      '127.0.0.1:31070-31085:30070-30085@agent:1:direct',
    ]);
    expect(create.env).toEqual({ LOG_COLORS: 'false' });
    expect(argv.deleteCommand('lab', '/x/kubeconfig')).toEqual({
      program: 'k3d',
      args: ['cluster', 'delete', 'lab'],
      env: { LOG_COLORS: 'false', KUBECONFIG: '/x/kubeconfig' },
    });
  });

  it('give images, manifest and mark to the nodes that they are for', () => {
    const given = (option: string): string[] =>
      create.args.filter((_, index) => create.args[index - 1] === option);
    expect(given('--volume')).toEqual([
      '/home/ana\\@corp/images:/var/lib/rancher/k3s/agent/images@server:*;agent:*',
      '/x/traefik.yaml:/var/lib/rancher/k3s/server/manifests/switchyard.yaml@server:0',
    ]);
    expect(given('--runtime-label')).toEqual(['dev.switchyard.cluster=lab@server:*;agent:*']);
    expect(given('--k3s-arg')).toContain('--kube-proxy-arg=proxy-mode=iptables@server:*;agent:*');
  });
});

describe('what k3d prints', () => {
  const events = (name: string): string[] =>
    readRecording(name).lines.flatMap(({ text }) => {
      const event = parseK3dLine(text);
      if (event === undefined) return [];
      return [event.event === 'step' ? event.step : event.event === 'rollback' ? event.state : event.event];
    });
  const distinct = (all: string[]): string[] => all.filter((event, index) => event !== all[index - 1]);

  it('tells each step of a cluster that is made', () => {
    const steps = ['network', 'containers', 'server', 'agents', 'helpers', 'records', 'created'];
    expect(distinct(events('k3d/documented/create'))).toEqual(steps);
    expect(distinct(events('k3d/documented/create-pulling'))).toEqual(steps);
  });

  it('tells whether everything was taken back, in both of its forms', () => {
    expect(events('k3d/documented/create-port-taken').slice(-2)).toEqual(['begins', 'done']);
    expect(events('k3d/documented/create-no-addresses')).toEqual(['network', 'begins', 'failed']);
    expect(distinct(events('k3d/documented/create-port-taken-plain'))).toEqual([
      'network',
      'containers',
      'server',
      'agents',
      'helpers',
      'begins',
      'done',
    ]);
    expect(events('k3d/documented/delete')).toEqual([]);
  });

  it('is read without quotation marks and colours', () => {
    const messages = readRecording('k3d/documented/create-without-network').lines.map(({ text }) =>
      parseK3dMessage(text),
    );
    expect(messages.find((message) => message?.text.includes('Get "https'))).toMatchObject({
      level: 'error',
      text: expect.stringContaining('Get "https://registry-1.docker.io/v2/": dial tcp') as string,
    });
    expect(parseK3dMessage('\u001b[33mWARN\u001b[0m[0003] Node is restarting     ')).toEqual({
      level: 'warning',
      text: 'Node is restarting',
    });
    for (const line of ['', 'kubectl cluster-info', 'INFO of nothing', 'time=x level=odd msg=y', '\u0000'])
      expect(parseK3dMessage(line)).toBeUndefined();
  });

  it('tells its version', () => {
    expect(parseK3dVersion(printed(readRecording('k3d/documented/version'), 'out'))).toBe('5.9.0');
    expect(parseK3dVersion('kind v0.33.0')).toBeUndefined();
  });

  it('gives a kubeconfig, which is asked on loopback whatever address it names', () => {
    const text = printed(readRecording('k3d/documented/kubeconfig'), 'out');
    for (const host of ['0.0.0.0', 'host.docker.internal', '192.168.1.7']) {
      const config = parse(parseKubeconfig(text.replace('0.0.0.0', host)) ?? '') as {
        clusters: { cluster: { server: string } }[];
      };
      expect(config.clusters[0]?.cluster.server).toBe('https://127.0.0.1:38919');
    }
    expect(parseKubeconfig(printed(readRecording('k3d/documented/kubeconfig-none'), 'out'))).toBeUndefined();
    expect(parseKubeconfig('apiVersion: v1\n')).toBeUndefined();
    expect(parseNodeImages('garbage')).toEqual([]);
  });
});

describe("k3s' own Traefik", () => {
  it('keeps what the Ingress API promises', () => {
    const config = parse(traefikConfig()) as {
      kind: string;
      metadata: { name: string; namespace: string };
      spec: { valuesContent: string };
    };
    expect(config).toMatchObject({
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
    });
    const values = parse(config.spec.valuesContent) as { additionalArguments: string[] };
    expect(values.additionalArguments).toEqual(
      expect.arrayContaining([
        '--providers.kubernetesingress.strictprefixmatching=true',
        '--providers.kubernetesingress.allowemptyservices=true',
        '--entrypoints.websecure.http.tls=true',
        '--providers.file.directory=/dynamic',
      ]),
    );
    expect(values).toMatchObject({
      deployment: { additionalVolumes: [{ name: 'dynamic', emptyDir: {} }] },
      additionalVolumeMounts: [{ name: 'dynamic', mountPath: '/dynamic' }],
    });
  });
});

describe('making a cluster with k3d', () => {
  let folder: string;
  let ran: Command[];
  let steps: ProgressStep[];
  let createdBy: string;
  let nodeImages: string[];
  let log: CommandLog;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-k3d-'));
    await writeFile(join(folder, 'images.tar'), 'archive');
    ran = [];
    createdBy = 'k3d/documented/create';
    nodeImages = ['docker.io/library/nginx:1.27', 'docker.io/rancher/mirrored-pause:3.6'];
    log = await CommandLog.open(join(folder, 'log'));
  });
  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run: CommandRunner = (command, { onLine, log: kept }) => {
    ran.push(command);
    if (command.args[0] === 'exec') {
      const images = nodeImages.map((name) => ({ repoTags: [name] }));
      return Promise.resolve({ exitCode: 0, stdout: JSON.stringify({ images }), stderr: '' });
    }
    const { lines, end, ...rest } = readRecording(
      command.args[1] === 'get' ? 'k3d/documented/kubeconfig' : createdBy,
    );
    for (const { text, from } of lines) {
      onLine?.(text, from === 'out' ? 'stdout' : 'stderr');
      kept?.add(text);
    }
    return Promise.resolve({
      exitCode: typeof end === 'number' ? end : undefined,
      stdout: printed({ lines, end, ...rest }, 'out'),
      stderr: printed({ lines, end, ...rest }, 'err'),
    });
  };

  function makingOf(signal = new AbortController().signal): Making {
    const info = parseInfo('docker', printed(readRecording('docker/info'), 'out'));
    if (info === undefined) throw new Error('no engine');
    const tool = k3dTool();
    return {
      cluster: 'switchyard',
      image: tool.nodeImage,
      ports,
      engine: new Engine('docker', run),
      info,
      run,
      folder,
      kubeconfig: join(folder, 'kubeconfig'),
      archived: Promise.resolve(join(folder, 'images.tar')),
      connect: createKubeClient,
      images: ['nginx:1.27', 'rancher/mirrored-pause:3.6'],
      progress: new Progress({ ...tool.steps }, (all) => (steps = all)),
      log,
      signal,
    };
  }

  it('goes through its steps, and leaves a private kubeconfig and no archive', async () => {
    const tool = k3dTool();
    await tool.make(makingOf());
    const states = Object.fromEntries(steps.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({
      containers: 'done',
      'control-plane': 'done',
      workers: 'done',
      load: 'running',
    });
    expect(await readFile(join(folder, 'kubeconfig'), 'utf8')).toContain('server: https://127.0.0.1:38919');
    expect((await stat(join(folder, 'kubeconfig'))).mode & 0o777).toBe(0o600);
    await expect(stat(join(folder, 'images', 'switchyard.tar'))).rejects.toThrow('ENOENT');
    expect((await stat(join(folder, 'images'))).isDirectory()).toBe(true);
    expect(log.lines.join('\n')).not.toContain('client-key-data');
    expect(ran.filter(({ args }) => args[0] === 'exec').map(({ args }) => args[1])).toEqual([
      'k3d-switchyard-server-0',
      'k3d-switchyard-agent-0',
      'k3d-switchyard-agent-1',
    ]);
  });

  it('names the node that lacks an image when it does not come', async () => {
    nodeImages = ['docker.io/library/nginx:1.27'];
    await expect(k3dTool(impatientClock()).make(makingOf())).rejects.toMatchObject({
      problem: {
        code: 'deadline',
        detail: 'k3d-switchyard-server-0 lacks rancher/mirrored-pause:3.6',
      },
    });
  });

  it('fails with what k3d printed, and keeps no archive', async () => {
    createdBy = 'k3d/documented/create-port-taken';
    await expect(k3dTool().make(makingOf())).rejects.toMatchObject({
      problem: { code: 'program-failed' },
      result: { exitCode: 1, stderr: expect.stringContaining('port is already allocated') as string },
    });
    await expect(stat(join(folder, 'images', 'switchyard.tar'))).rejects.toThrow('ENOENT');
  });
});
