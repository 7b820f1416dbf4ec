import { curlProgram } from '../programs/curl.ts';
import { shellProgram } from '../shell/sh.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { busyboxPrograms, debianPrograms, networkTools } from './toolboxes.ts';

const BUSYBOX_VERSIONS: Record<string, string> = {
  '1.28': '1.28.4',
  '1.35': '1.35.0',
  '1.36': '1.36.1',
  '1.36.1': '1.36.1',
  '1.37': '1.37.0',
  latest: '1.37.0',
  stable: '1.36.1',
};

const ALPINE_TAGS = ['3', '3.18', '3.19', '3.20', '3.21', '3.22', 'latest'];

const CURL_TAGS = [
  '8.5.0',
  '8.8.0',
  '8.9.1',
  '8.10.0',
  '8.10.1',
  '8.11.0',
  '8.11.1',
  '8.12.1',
  '8.13.0',
  '8.14.1',
  'latest',
];

/** Images that come with a shell and tools and run what they are told. */
export const baseImages: CatalogEntry[] = [
  {
    repository: 'docker.io/library/busybox',
    tags: Object.keys(BUSYBOX_VERSIONS),
    make: (tag) =>
      makeImage({
        repository: 'docker.io/library/busybox',
        tag,
        sizeMiB: 2.1,
        cmd: ['sh'],
        programs: busyboxPrograms(BUSYBOX_VERSIONS[tag] ?? ''),
      }),
  },
  {
    repository: 'docker.io/library/alpine',
    tags: ALPINE_TAGS,
    make: (tag) =>
      makeImage({
        repository: 'docker.io/library/alpine',
        tag,
        sizeMiB: 3.5,
        cmd: ['/bin/sh'],
        programs: busyboxPrograms('1.37.0'),
        files: {
          '/etc/os-release': `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${/^3\.\d+$/.test(tag) ? `${tag}.0` : '3.22.0'}\n`,
        },
      }),
  },
  {
    repository: 'docker.io/nicolaka/netshoot',
    tags: ['v0.13', 'v0.14', 'latest'],
    make: (tag) =>
      makeImage({
        repository: 'docker.io/nicolaka/netshoot',
        tag,
        sizeMiB: 200,
        cmd: ['bash'],
        programs: {
          ...busyboxPrograms('1.37.0'),
          ...networkTools('8.14.1'),
          '/bin/bash': shellProgram('bash'),
        },
      }),
  },
  {
    repository: 'registry.k8s.io/e2e-test-images/jessie-dnsutils',
    tags: ['1.3', '1.5', '1.7'],
    make: (tag) =>
      makeImage({
        repository: 'registry.k8s.io/e2e-test-images/jessie-dnsutils',
        tag,
        sizeMiB: 110,
        cmd: ['sleep', 'infinity'],
        programs: { ...debianPrograms(), ...networkTools('7.38.0') },
      }),
  },
  {
    repository: 'docker.io/curlimages/curl',
    tags: CURL_TAGS,
    make: (tag) =>
      makeImage({
        repository: 'docker.io/curlimages/curl',
        tag,
        sizeMiB: 10,
        entrypoint: ['/entrypoint.sh'],
        cmd: ['curl'],
        programs: {
          ...busyboxPrograms('1.37.0'),
          '/usr/bin/curl': curlProgram(tag === 'latest' ? '8.14.1' : tag),
          '/entrypoint.sh': curlEntrypoint,
        },
      }),
  },
];

/** The image's entrypoint: arguments that start with a dash or are no command are curl's. */
async function curlEntrypoint(context: Parameters<ReturnType<typeof curlProgram>>[0]): Promise<number> {
  const args = context.argv.slice(1);
  const [first = ''] = args;
  const isCommand =
    !first.startsWith('-') &&
    first !== '' &&
    ['/bin', '/usr/bin'].some((folder) => context.fs.exists(`${folder}/${first}`));
  return context.exec(isCommand || first.startsWith('/') ? args : ['curl', ...args]);
}
