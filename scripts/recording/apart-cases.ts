import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import * as argv from '../../src-main/engine/argv.ts';
import * as kind from '../../src-main/providers/kind/argv.ts';
import { words } from './engine-cases.ts';
import { CLUSTER, PLAIN, type Recorder } from './recorder.ts';
import { startRegistry } from './registry.ts';
import { startEngine, type EngineOptions, type SecondEngine } from './second-engine.ts';

/** An address of the namespace that is not loopback: docker trusts everything there. */
const OWN_ADDRESS = '198.51.100.7';
const target = { engine: 'docker', cluster: CLUSTER } as const;

/**
 * What cannot be done to an engine that others use: pulls from registries that refuse, a full disk, no addresses
 * left. Runs in a network namespace of its own.
 */
export async function recordApart(recorder: Recorder): Promise<void> {
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  execFileSync('ip', ['address', 'add', `${OWN_ADDRESS}/32`, 'dev', 'lo']);
  await recordPulls(recorder);
  await recordFullDisk(recorder);
  await recordNoAddresses(recorder);
}

async function withEngine(
  recorder: Recorder,
  options: EngineOptions,
  use: (engine: SecondEngine, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const engine = await startEngine(join(recorder.folder, 'engine'), options);
  recorder.machine = { ...recorder.machine, engineRoot: engine.root };
  process.env['DOCKER_HOST'] = `unix://${engine.socket}`;
  try {
    await use(engine, {});
  } finally {
    delete process.env['DOCKER_HOST'];
    await engine.stop();
  }
}

const PULLS = [
  'pull',
  'pull-again',
  'pull-unknown',
  'pull-private',
  'pull-rate-limited',
  'pull-other-architecture',
];

async function recordPulls(recorder: Recorder): Promise<void> {
  const names = [...PULLS, 'pull-certificate', 'pull-timeout', 'pull-proxy', 'pull-disk-full'];
  if (!recorder.wants(...names.map((name) => `docker/${name}`))) return;
  const registry = await startRegistry(recorder.folder);
  recorder.machine = { ...recorder.machine, registry: registry.address };
  const pull = (name: string, reference: string, about?: string): Promise<void> =>
    recorder.save(`docker/${name}`, words(argv.pullCommand('docker', reference)), {
      ...(about !== undefined && { about }),
    });
  const mirror = ['--registry-mirror', `http://${registry.address}`];
  await withEngine(recorder, { megabytes: 500, args: mirror }, async () => {
    await pull('pull', 'nginx:1.27');
    await pull('pull-again', 'nginx:1.27', 'it is there already');
    await pull('pull-unknown', `${registry.address}/unknown:1`, 'the registry does not have it');
    await pull('pull-private', `${registry.address}/private:1`, 'the registry does not give it');
    await pull('pull-rate-limited', `${registry.address}/limited:1`, 'the registry has given enough');
    await pull('pull-other-architecture', `${registry.address}/other-architecture:1`, 'made for s390x only');
    const untrusted = await registry.untrusted(OWN_ADDRESS);
    recorder.images[untrusted] = 'registry.example:5000';
    await pull('pull-certificate', `${untrusted}/nginx:1`, 'a certificate that nobody trusts');
    recorder.images[registry.silent] = 'registry.example:5000';
    await pull('pull-timeout', `${registry.silent}/nginx:1`, 'the registry does not answer');
  });
  const env = { HTTPS_PROXY: 'http://127.0.0.1:3128', HTTP_PROXY: 'http://127.0.0.1:3128' };
  await withEngine(recorder, { megabytes: 500, env }, async () => {
    await pull('pull-proxy', 'nginx:1.27', 'a proxy that does not answer');
  });
  await withEngine(recorder, { megabytes: 13 }, async () => {
    await pull('pull-disk-full', `${registry.address}/nginx:1`, 'a disk of 13 MB');
  });
  registry.close();
}

async function recordFullDisk(recorder: Recorder): Promise<void> {
  if (!recorder.wants('docker/load', 'docker/load-disk-full', 'kind/create-disk-full', 'kind/load-disk-full'))
    return;
  const archive = join(recorder.folder, 'node.tar');
  recorder.run(['docker', 'save', '--output', archive, recorder.nodeImage]);
  const load = words(argv.loadCommand('docker'));
  await withEngine(recorder, { megabytes: 6000 }, async (engine) => {
    engine.fill(400);
    await recorder.save('docker/load-disk-full', load, {
      stdin: createReadStream(archive),
      about: 'the disk of the engine is full',
    });
    engine.fill(6000);
    if (recorder.wants('docker/load'))
      await recorder.save('docker/load', load, { stdin: createReadStream(archive) });
    else recorder.run(['docker', 'load', '--input', archive]);
    engine.fill(30);
    await recorder.save('kind/create-disk-full', recorder.create(PLAIN), {
      about: 'the disk of the engine is full',
    });
    engine.fill(6000);
    if (!recorder.wants('kind/load-disk-full')) return;
    recorder.run(recorder.create(PLAIN));
    engine.fill(30);
    await recorder.save('kind/load-disk-full', words(kind.loadArchiveCommand(target, archive)), {
      about: 'the disk of the engine is full',
    });
    recorder.deleteCluster();
  });
}

async function recordNoAddresses(recorder: Recorder): Promise<void> {
  if (!recorder.wants('kind/create-no-addresses')) return;
  const pool = ['--default-address-pool', 'base=10.199.0.0/24,size=24', '--bip', '10.198.0.1/24'];
  const archive = join(recorder.folder, 'node.tar');
  recorder.run(['docker', 'save', '--output', archive, recorder.nodeImage]);
  await withEngine(recorder, { megabytes: 6000, args: pool }, async () => {
    recorder.run(['docker', 'load', '--input', archive]);
    recorder.run(['docker', 'network', 'create', 'of-somebody-else']);
    await recorder.save('kind/create-no-addresses', recorder.create(PLAIN), {
      about: 'every range of addresses of the engine is in use',
    });
  });
}
