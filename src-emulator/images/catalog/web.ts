import { httpdProgram } from '../programs/httpd.ts';
import { nginxProgram } from '../programs/nginx.ts';
import { httpEcho, whoamiServer } from '../programs/small-servers.ts';
import type { Image, Program } from '../types.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { fixedTags, releaseTags } from './tags.ts';
import { busyboxPrograms, caCertificates, curlTool, debianPrograms } from './toolboxes.ts';

const NGINX_TAGS = releaseTags(
  {
    '1.7': 12, '1.8': 1, '1.9': 15, '1.10': 3, '1.11': 13, '1.12': 2, '1.13': 12, '1.14': 2, '1.15': 12, '1.16': 1, '1.17': 10,
    '1.18': 0, '1.19': 10, '1.20': 2, '1.21': 6, '1.22': 1, '1.23': 4, '1.24': 0, '1.25': 5, '1.26': 3, '1.27': 5, '1.28': 0,
    '1.29': 3,
  },
  {
    variants: ['-alpine-slim', '-alpine', '-perl', '-bookworm', '-bullseye', '-trixie'],
    aliases: { '1': '1.29', latest: '1.29', mainline: '1.29', stable: '1.28' },
  },
); // prettier-ignore

const NGINX_CONFIG = `user  nginx;
worker_processes  auto;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    default_type  application/octet-stream;
    sendfile        on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
`;

const NGINX_SITE = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
}
`;

const NGINX_WELCOME = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>This page comes from an emulated nginx: it is up and answers requests.</p>
<p>Put your own files under /usr/share/nginx/html to replace it.</p>
</body>
</html>
`;

/** The official image's entrypoint: says what it does, then goes on as the command. */
const nginxEntrypoint: Program = async (context) => {
  const args = context.argv.slice(1);
  if (args[0] === 'nginx')
    await context.stdout.write('/docker-entrypoint.sh: Configuration complete; ready for start up\n');
  return context.exec(args);
};

function nginxImage(repository: string): (tag: string, version: string) => Image {
  return (tag, version) => {
    const isAlpine = tag.includes('alpine');
    return makeImage({
      repository,
      tag,
      sizeMiB: isAlpine ? 21 : 72,
      entrypoint: ['/docker-entrypoint.sh'],
      cmd: ['nginx', '-g', 'daemon off;'],
      stopSignal: 'SIGQUIT',
      env: { NGINX_VERSION: version },
      programs: {
        ...(isAlpine ? busyboxPrograms('1.37.0') : debianPrograms()),
        ...curlTool(isAlpine ? '8.14.1' : '7.88.1'),
        '/usr/sbin/nginx': nginxProgram(version),
        '/docker-entrypoint.sh': nginxEntrypoint,
      },
      files: {
        ...caCertificates(),
        '/etc/nginx/nginx.conf': NGINX_CONFIG,
        '/etc/nginx/conf.d/default.conf': NGINX_SITE,
        '/usr/share/nginx/html/index.html': NGINX_WELCOME,
      },
    });
  };
}

/** Images that serve HTTP. */
export const webImages: CatalogEntry[] = [
  { repository: 'docker.io/library/nginx', tags: NGINX_TAGS, make: nginxImage('docker.io/library/nginx') },
  {
    // The one of Kubernetes' own examples.
    repository: 'registry.k8s.io/nginx-slim',
    tags: fixedTags({ '0.8': '1.11.1', '0.21': '1.25.5', '0.24': '1.26.1', '0.27': '1.27.3' }),
    make: nginxImage('registry.k8s.io/nginx-slim'),
  },
  {
    repository: 'docker.io/library/httpd',
    tags: releaseTags(
      { '2.4': 66 },
      { variants: ['-alpine', '-bookworm', '-trixie'], aliases: { '2': '2.4', latest: '2.4' } },
    ),
    make: (tag) =>
      makeImage({
        repository: 'docker.io/library/httpd',
        tag,
        sizeMiB: tag.endsWith('alpine') ? 22 : 57,
        cmd: ['httpd-foreground'],
        workingDir: '/usr/local/apache2',
        stopSignal: 'SIGQUIT',
        env: {
          PATH: '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          HTTPD_PREFIX: '/usr/local/apache2',
        },
        programs: {
          ...(tag.endsWith('alpine') ? busyboxPrograms('1.37.0') : debianPrograms()),
          '/usr/local/bin/httpd-foreground': httpdProgram,
        },
        files: { '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n' },
      }),
  },
  {
    repository: 'docker.io/hashicorp/http-echo',
    tags: fixedTags(['0.2.1', '0.2.3', '1.0', '1.0.0', 'latest', 'alpine']),
    make: (tag) =>
      makeImage({
        repository: 'docker.io/hashicorp/http-echo',
        tag,
        sizeMiB: 3,
        entrypoint: ['/http-echo'],
        programs: { '/http-echo': httpEcho },
      }),
  },
  {
    repository: 'docker.io/traefik/whoami',
    tags: releaseTags(
      { '1.8': 7, '1.9': 0, '1.10': 4, '1.11': 0 },
      { prefix: 'v', aliases: { latest: '1.11', v1: '1.11' } },
    ),
    make: (tag) =>
      makeImage({
        repository: 'docker.io/traefik/whoami',
        tag,
        sizeMiB: 3,
        entrypoint: ['/whoami'],
        programs: { '/whoami': whoamiServer },
      }),
  },
];
