import { helloApp, kubia, type KubiaKind } from '../programs/small-servers.ts';
import { resultServer } from '../programs/voting/result.ts';
import { voteServer } from '../programs/voting/vote.ts';
import { voteWorker } from '../programs/voting/worker.ts';
import type { Program } from '../types.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { fixedTags } from './tags.ts';
import { caCertificates, curlTool, debianPrograms } from './toolboxes.ts';

/** A server of the book «Kubernetes in Action»: the tag, if anything, says how it behaves. */
function kubiaImages(repository: string, kinds: Readonly<Record<string, KubiaKind>>): CatalogEntry {
  return {
    repository,
    tags: fixedTags(Object.keys(kinds)),
    make: (tag) =>
      makeImage({
        repository,
        tag,
        sizeMiB: 250,
        entrypoint: ['node', 'app.js'],
        programs: {
          ...debianPrograms(),
          ...curlTool('7.38.0'),
          '/usr/local/bin/node': kubia(kinds[tag] ?? 'plain'),
        },
      }),
  };
}

/** A part of the example voting app. */
function votingImage(part: 'vote' | 'result' | 'worker', command: string[], program: Program): CatalogEntry {
  const repository = `docker.io/dockersamples/examplevotingapp_${part}`;
  const [name = ''] = command;
  return {
    repository,
    tags: fixedTags(['before', 'after', 'v1', 'v2', 'latest']),
    make: (tag) =>
      makeImage({
        repository,
        tag,
        sizeMiB: 60,
        ...(part === 'vote' ? { cmd: command } : { entrypoint: command }),
        workingDir: part === 'worker' ? '/app' : '/usr/local/app',
        programs: {
          ...debianPrograms(),
          ...(part === 'worker' ? {} : curlTool('7.88.1')),
          [`/usr/local/bin/${name}`]: program,
        },
        files: caCertificates(),
      }),
  };
}

function helloImages(repository: string): CatalogEntry {
  return {
    repository,
    tags: fixedTags({ '1.0': '1.0.0', '2.0': '2.0.0' }),
    make: (tag, version) =>
      makeImage({
        repository,
        tag,
        sizeMiB: 6,
        entrypoint: ['/hello-app'],
        programs: { '/hello-app': helloApp(version) },
      }),
  };
}

/** Applications that courses and examples deploy. */
export const exampleImages: CatalogEntry[] = [
  kubiaImages('docker.io/luksa/kubia', { latest: 'plain', v1: 'v1', v2: 'v2', v3: 'v3' }),
  kubiaImages('docker.io/luksa/kubia-unhealthy', { latest: 'unhealthy' }),
  kubiaImages('docker.io/luksa/kubia-pet', { latest: 'pet' }),
  helloImages('gcr.io/google-samples/hello-app'),
  helloImages('us-docker.pkg.dev/google-samples/containers/gke/hello-app'),
  votingImage('vote', ['gunicorn', 'app:app', '-b', '0.0.0.0:80'], voteServer),
  votingImage('result', ['node', 'server.js'], resultServer),
  votingImage('worker', ['dotnet', 'Worker.dll'], voteWorker),
];
