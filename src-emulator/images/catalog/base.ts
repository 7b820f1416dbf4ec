import { curlProgram } from '../programs/curl.ts';
import { shellProgram } from '../shell/sh.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { fixedTags, releaseTags, type Tags } from './tags.ts';
import { busyboxPrograms, caCertificates, curlTool, debianPrograms, networkTools } from './toolboxes.ts';

const BUSYBOX_TAGS = releaseTags(
  {
    '1.28': 4,
    '1.29': 3,
    '1.30': 1,
    '1.31': 1,
    '1.32': 1,
    '1.33': 1,
    '1.34': 1,
    '1.35': 0,
    '1.36': 1,
    '1.37': 0,
  },
  {
    variants: ['-glibc', '-musl', '-uclibc'],
    aliases: { '1': '1.37', latest: '1.37', stable: '1.36', unstable: '1.37' },
  },
);

const ALPINE_TAGS = releaseTags(
  { '3.12': 12, '3.13': 12, '3.14': 10, '3.15': 11, '3.16': 9, '3.17': 10, '3.18': 12, '3.19': 8, '3.20': 7, '3.21': 4, '3.22': 1 },
  { aliases: { '3': '3.22', latest: '3.22', edge: '3.22' } },
); // prettier-ignore

const CURL_TAGS = releaseTags(
  {
    '7.73': 0, '7.85': 0, '7.87': 0, '7.88': 1, '8.0': 1, '8.1': 2, '8.2': 1, '8.3': 0, '8.4': 0, '8.5': 0, '8.6': 0, '8.7': 1,
    '8.8': 0, '8.9': 1, '8.10': 1, '8.11': 1, '8.12': 1, '8.13': 0, '8.14': 1, '8.15': 0, '8.16': 0, '8.17': 0,
  },
  { aliases: { latest: '8.17' } },
); // prettier-ignore

const NETSHOOT_TAGS = fixedTags(['v0.8', 'v0.9', 'v0.10', 'v0.11', 'v0.12', 'v0.13', 'v0.14', 'latest']);

const DEBIAN_TAGS = fixedTags({
  ...Object.fromEntries(
    Object.entries({ '10': 'buster', '11': 'bullseye', '12': 'bookworm', '13': 'trixie' }).flatMap(
      ([number, name]) =>
        [number, name].flatMap((tag) =>
          [tag, `${tag}-slim`].map((each) => [each, `${number} (${name})`] as const),
        ),
    ),
  ),
  latest: '13 (trixie)',
  stable: '13 (trixie)',
  'stable-slim': '13 (trixie)',
});

const UBUNTU_TAGS = fixedTags({
  '18.04': '18.04 LTS (Bionic Beaver)',
  bionic: '18.04 LTS (Bionic Beaver)',
  '20.04': '20.04 LTS (Focal Fossa)',
  focal: '20.04 LTS (Focal Fossa)',
  '22.04': '22.04 LTS (Jammy Jellyfish)',
  jammy: '22.04 LTS (Jammy Jellyfish)',
  '24.04': '24.04 LTS (Noble Numbat)',
  noble: '24.04 LTS (Noble Numbat)',
  latest: '24.04 LTS (Noble Numbat)',
});

function toolImage(repository: string, tags: Tags, sizeMiB: number, cmd: string[]): CatalogEntry {
  const programs = { ...debianPrograms(), ...networkTools('7.38.0') };
  return {
    repository,
    tags,
    make: (tag) => makeImage({ repository, tag, sizeMiB, cmd, programs, files: caCertificates() }),
  };
}

/** Images that come with a shell and tools and run what they are told. */
export const baseImages: CatalogEntry[] = [
  {
    repository: 'docker.io/library/busybox',
    tags: BUSYBOX_TAGS,
    make: (tag, version) =>
      makeImage({
        repository: 'docker.io/library/busybox',
        tag,
        sizeMiB: 2.1,
        cmd: ['sh'],
        programs: busyboxPrograms(version),
      }),
  },
  {
    repository: 'docker.io/library/alpine',
    tags: ALPINE_TAGS,
    make: (tag, version) =>
      makeImage({
        repository: 'docker.io/library/alpine',
        tag,
        sizeMiB: 3.5,
        cmd: ['/bin/sh'],
        programs: busyboxPrograms('1.37.0'),
        files: {
          '/etc/os-release': `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${version}\nPRETTY_NAME="Alpine Linux v${version.replace(/\.\d+$/, '')}"\n`,
          '/etc/alpine-release': `${version}\n`,
          ...caCertificates(),
        },
      }),
  },
  {
    repository: 'docker.io/nicolaka/netshoot',
    tags: NETSHOOT_TAGS,
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
        files: caCertificates(),
      }),
  },
  {
    repository: 'docker.io/library/debian',
    tags: DEBIAN_TAGS,
    make: (tag, version) =>
      makeImage({
        repository: 'docker.io/library/debian',
        tag,
        sizeMiB: tag.endsWith('-slim') ? 28 : 48,
        cmd: ['bash'],
        programs: debianPrograms(),
        files: {
          '/etc/os-release': `PRETTY_NAME="Debian GNU/Linux ${version}"\nNAME="Debian GNU/Linux"\nID=debian\n`,
        },
      }),
  },
  {
    repository: 'docker.io/library/ubuntu',
    tags: UBUNTU_TAGS,
    make: (tag, version) =>
      makeImage({
        repository: 'docker.io/library/ubuntu',
        tag,
        sizeMiB: 30,
        cmd: ['/bin/bash'],
        programs: debianPrograms(),
        files: {
          '/etc/os-release': `PRETTY_NAME="Ubuntu ${version}"\nNAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n`,
        },
      }),
  },
  toolImage('registry.k8s.io/e2e-test-images/jessie-dnsutils', fixedTags(['1.3', '1.4', '1.5', '1.7']), 110, [
    'sleep',
    'infinity',
  ]),
  toolImage('docker.io/tutum/dnsutils', fixedTags(['latest']), 75, ['/bin/bash']),
  {
    repository: 'docker.io/radial/busyboxplus',
    tags: fixedTags(['curl', 'git', 'base', 'latest']),
    make: (tag) =>
      makeImage({
        repository: 'docker.io/radial/busyboxplus',
        tag,
        sizeMiB: 4.2,
        cmd: ['/bin/sh'],
        programs: { ...busyboxPrograms('1.22.1'), ...(tag === 'base' ? {} : curlTool('7.30.0')) },
        files: caCertificates(),
      }),
  },
  {
    repository: 'docker.io/curlimages/curl',
    tags: CURL_TAGS,
    make: (tag, version) =>
      makeImage({
        repository: 'docker.io/curlimages/curl',
        tag,
        sizeMiB: 10,
        entrypoint: ['/entrypoint.sh'],
        cmd: ['curl'],
        programs: {
          ...busyboxPrograms('1.37.0'),
          '/usr/bin/curl': curlProgram(version),
          '/entrypoint.sh': curlEntrypoint,
        },
        files: caCertificates(),
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
