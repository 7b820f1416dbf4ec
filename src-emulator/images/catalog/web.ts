import { httpdProgram } from '../programs/httpd.ts';
import { nginxProgram } from '../programs/nginx.ts';
import { httpEcho, kubia, whoamiServer } from '../programs/small-servers.ts';
import type { Program } from '../types.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { busyboxPrograms, curlTool, debianPrograms } from './toolboxes.ts';

const NGINX_VERSIONS: Record<string, string> = {
  '1.25': '1.25.5',
  '1.26': '1.26.3',
  '1.27': '1.27.5',
  '1.28': '1.28.0',
  '1.29': '1.29.1',
  latest: '1.29.1',
  stable: '1.28.0',
};

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

function nginxImage(tag: string): ReturnType<typeof makeImage> {
  const isAlpine = tag.endsWith('alpine');
  const version = NGINX_VERSIONS[tag.replace(/-?alpine$/, '') || 'latest'] ?? '';
  return makeImage({
    repository: 'docker.io/library/nginx',
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
      '/etc/nginx/nginx.conf': NGINX_CONFIG,
      '/etc/nginx/conf.d/default.conf': NGINX_SITE,
      '/usr/share/nginx/html/index.html': NGINX_WELCOME,
    },
  });
}

/** Images that serve HTTP. */
export const webImages: CatalogEntry[] = [
  {
    repository: 'docker.io/library/nginx',
    tags: [
      ...Object.keys(NGINX_VERSIONS).flatMap((tag) => (tag === 'latest' ? [tag] : [tag, `${tag}-alpine`])),
      'alpine',
    ],
    make: nginxImage,
  },
  {
    repository: 'docker.io/library/httpd',
    tags: ['2.4', '2.4-alpine', 'latest', 'alpine'],
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
    tags: ['0.2.3', '1.0', '1.0.0', 'latest'],
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
    tags: ['v1.10', 'v1.10.1', 'v1.10.2', 'v1.11', 'v1.11.0', 'latest'],
    make: (tag) =>
      makeImage({
        repository: 'docker.io/traefik/whoami',
        tag,
        sizeMiB: 3,
        entrypoint: ['/whoami'],
        programs: { '/whoami': whoamiServer },
      }),
  },
  {
    repository: 'docker.io/luksa/kubia',
    tags: ['v1', 'latest'],
    make: (tag) =>
      makeImage({
        repository: 'docker.io/luksa/kubia',
        tag,
        sizeMiB: 250,
        entrypoint: ['node', 'app.js'],
        programs: { ...debianPrograms(), ...curlTool('7.38.0'), '/usr/local/bin/node': kubia },
      }),
  },
];
