import { postgresServer } from '../programs/postgres/server.ts';
import { psql } from '../programs/postgres/psql.ts';
import { redisCli } from '../programs/redis/cli.ts';
import { redisServer } from '../programs/redis/server.ts';
import type { Program } from '../types.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { releaseTags } from './tags.ts';
import { busyboxPrograms, debianPrograms } from './toolboxes.ts';

const REDIS_TAGS = releaseTags(
  { '5.0': 14, '6.0': 20, '6.2': 20, '7.0': 15, '7.2': 11, '7.4': 6, '8.0': 4, '8.2': 2 },
  {
    variants: ['-alpine', '-bookworm'],
    aliases: { '5': '5.0', '6': '6.2', '7': '7.4', '8': '8.2', latest: '8.2' },
  },
);

/** PostgreSQL numbers its releases with two parts since 10; 9.4 was a line of three. */
const POSTGRES_TAGS = releaseTags(
  {
    '9.4': 26, '9.5': 25, '9.6': 24, '10': 23, '11': 22, '12': 22, '13': 22, '14': 19, '15': 14, '16': 10, '17': 6, '18': 0,
  },
  { variants: ['-alpine', '-bookworm', '-bullseye', '-trixie'], aliases: { latest: '18' } },
); // prettier-ignore

/** Entrypoints that start the server when they are given options only. */
function serverUnless(server: string): Program {
  return (context) => {
    const args = context.argv.slice(1);
    const [first = ''] = args;
    return context.exec(first.startsWith('-') || first.endsWith('.conf') ? [server, ...args] : args);
  };
}

/** Images that keep data. */
export const dataImages: CatalogEntry[] = [
  {
    repository: 'docker.io/library/redis',
    tags: REDIS_TAGS,
    make: (tag, version) =>
      makeImage({
        repository: 'docker.io/library/redis',
        tag,
        sizeMiB: tag.endsWith('alpine') ? 17 : 45,
        entrypoint: ['docker-entrypoint.sh'],
        cmd: ['redis-server'],
        workingDir: '/data',
        env: { REDIS_VERSION: version },
        programs: {
          ...(tag.endsWith('alpine') ? busyboxPrograms('1.37.0') : debianPrograms()),
          '/usr/local/bin/redis-server': redisServer(version),
          '/usr/local/bin/redis-cli': redisCli(version),
          '/usr/local/bin/docker-entrypoint.sh': serverUnless('redis-server'),
        },
      }),
  },
  {
    repository: 'docker.io/library/postgres',
    tags: POSTGRES_TAGS,
    make: (tag, version) =>
      makeImage({
        repository: 'docker.io/library/postgres',
        tag,
        sizeMiB: tag.endsWith('alpine') ? 105 : 150,
        entrypoint: ['docker-entrypoint.sh'],
        cmd: ['postgres'],
        stopSignal: 'SIGINT',
        env: {
          PG_MAJOR: version.split('.')[0] ?? '',
          PG_VERSION: version,
          PGDATA: '/var/lib/postgresql/data',
        },
        programs: {
          ...(tag.endsWith('alpine') ? busyboxPrograms('1.37.0') : debianPrograms()),
          '/usr/local/bin/postgres': postgresServer(version),
          '/usr/local/bin/psql': psql(version),
          '/usr/local/bin/docker-entrypoint.sh': serverUnless('postgres'),
        },
      }),
  },
];
