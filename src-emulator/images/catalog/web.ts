import { nginxProgram } from '../programs/nginx.ts';
import type { Program } from '../types.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { busyboxPrograms, debianPrograms, networkTools } from './toolboxes.ts';

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
      ...networkTools(isAlpine ? '8.14.1' : '7.88.1'),
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
];
