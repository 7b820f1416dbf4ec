import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import * as argv from '../../src-main/engine/argv.ts';
import type { Command } from '../../src-main/command/command.ts';
import { CLUSTER, PLAIN, type Recorder } from './recorder.ts';

const NOBODY = 65534;

/** What the app asks an engine, as one line of words. */
export function words({ program, args }: Command): string[] {
  return [program, ...args];
}

/** Questions to the machine's own engine, and what it refuses. Nothing of it is changed. */
export async function recordEngine(recorder: Recorder): Promise<void> {
  const save = recorder.save.bind(recorder);
  const image = recorder.nodeImage;
  await save('docker/info', words(argv.infoCommand('docker')));
  await save('docker/version', words(argv.versionCommand()));
  await save('docker/ps-none', words(argv.containersCommand('docker', 'no.such.label=x')));
  await save('docker/inspect-container-missing', words(argv.inspectContainersCommand('docker', ['gone'])));
  await save('docker/inspect-images', words(argv.inspectImagesCommand('docker', [image])));
  await save(
    'docker/inspect-images-one-missing',
    words(argv.inspectImagesCommand('docker', [image, 'gone:1'])),
  );
  await save('docker/network-missing', words(argv.networkCommand('docker', 'gone')));
  await save('docker/start-missing', words(argv.startCommand('docker', ['gone'])));
  await save('docker/remove-missing', words(argv.removeCommand('docker', ['gone'])));
  await save('docker/tag-missing', words(argv.tagCommand('docker', 'gone:1', 'other:1')));
  await save('docker/untag-missing', words(argv.untagCommand('docker', 'gone:1')));
  await save('docker/save-missing', words(argv.saveCommand('docker', ['gone:1'])));
  await save('docker/save', words(argv.saveCommand('docker', [image])), {
    stdout: createWriteStream(join(recorder.folder, 'saved.tar')),
    about: 'standard output is the archive',
  });
  await save('docker/load-garbage', words(argv.loadCommand('docker')), {
    stdin: createReadStream(recorder.file('garbage.tar', Buffer.alloc(20_000, 'garbage '))),
    about: 'standard input is no archive',
  });
  await save('docker/pull-without-network', words(argv.pullCommand('docker', 'nginx:1.27')), {
    about: 'no network',
  });
  await recordAbsentEngine(recorder);
}

async function recordAbsentEngine(recorder: Recorder): Promise<void> {
  const stopped = {
    env: { DOCKER_HOST: 'unix:///var/run/stopped.sock' },
    about: 'the engine is not running',
  };
  const forbidden = { user: NOBODY, env: { HOME: '/' }, about: 'a user who may not use the engine' };
  for (const [name, command] of [
    ['info', argv.infoCommand('docker')],
    ['version', argv.versionCommand()],
    ['ps', argv.containersCommand('docker', `io.x-k8s.kind.cluster=${CLUSTER}`)],
    ['pull', argv.pullCommand('docker', 'nginx:1.27')],
  ] as const) {
    await recorder.save(`docker/${name}-engine-stopped`, words(command), stopped);
    await recorder.save(`docker/${name}-engine-forbidden`, words(command), forbidden);
  }
  await recorder.save('kind/create-engine-stopped', recorder.create(PLAIN), stopped);
  await recorder.save('kind/create-engine-forbidden', recorder.create(PLAIN), forbidden);
  const kind = (...args: string[]): string[] => ['kind', ...args];
  await recorder.save('kind/clusters-engine-stopped', kind('get', 'clusters'), stopped);
  await recorder.save(
    'kind/delete-engine-stopped',
    kind('delete', 'cluster', '--name', CLUSTER, '--kubeconfig', recorder.kubeconfig),
    stopped,
  );
}
