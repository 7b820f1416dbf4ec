import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { create } from 'tar';

/**
 * A stand-in for image registries, so that every answer that they give can be had without one
 * (github.com/opencontainers/distribution-spec). What it answers depends on the repository that is asked for.
 */
export interface Registry {
  /** Serves images, and refuses some: see {@link ANSWERS}. */
  address: string;
  /** Takes connections, and never answers. */
  silent: string;
  /** Shows a certificate that nobody trusts. */
  untrusted: (host: string) => Promise<string>;
  close: () => void;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** Repositories that do not serve an image, by the end of their name. */
const ANSWERS: Record<string, [status: number, code: string, message: string]> = {
  unknown: [404, 'MANIFEST_UNKNOWN', 'manifest unknown'],
  private: [403, 'DENIED', 'requested access to the resource is denied'],
  limited: [
    429,
    'TOOMANYREQUESTS',
    'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  ],
};

/** @param folder for the image's layers */
export async function startRegistry(folder: string): Promise<Registry> {
  const blobs = imageBlobs(folder);
  const servers: Server[] = [];
  const listen = async (server: Server, host = '127.0.0.1'): Promise<string> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return `${host}:${(server.address() as AddressInfo).port}`;
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void =>
    serve(blobs, request, response);
  return {
    address: await listen(createServer(answer)),
    silent: await listen(createTcpServer()),
    untrusted: (host) => listen(createTlsServer(certificate(folder, host), answer), host),
    close: () => servers.forEach((server) => server.close()),
  };
}

function serve(
  { manifest, blobs }: ReturnType<typeof imageBlobs>,
  { url = '', method }: IncomingMessage,
  response: ServerResponse,
): void {
  const send = (status: number, type: string, body: Buffer | string): void => {
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      ...(type !== 'application/json' && { 'docker-content-digest': digestOf(Buffer.from(body)) }),
    });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const [, repository = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url) ?? [];
  const name = repository.split('/').at(-1) ?? '';
  const refusal = ANSWERS[name];
  if (kind === undefined) send(200, 'application/json', '{}');
  else if (refusal !== undefined)
    send(
      refusal[0],
      'application/json',
      // Without a detail, docker shows other words than for a registry's own answer.
      JSON.stringify({ errors: [{ code: refusal[1], message: refusal[2], detail: { name, reference } }] }),
    );
  else if (kind === 'manifests' && name === 'other-architecture')
    send(200, LIST, otherArchitecture(manifest));
  else if (kind === 'manifests') send(200, MANIFEST, manifest);
  else {
    const blob = blobs.get(reference);
    if (blob === undefined) send(404, 'application/json', '{}');
    else send(200, 'application/octet-stream', blob);
  }
}

function otherArchitecture(manifest: string): string {
  const platform = { os: 'linux', architecture: 's390x' };
  const digest = digestOf(Buffer.from(manifest));
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: LIST,
    manifests: [{ mediaType: MANIFEST, size: manifest.length, digest, platform }],
  });
}

/** An image of a few layers with nothing in them that packs well. */
function imageBlobs(folder: string): { manifest: string; blobs: Map<string, Buffer> } {
  const layers = [6, 3, 1].map((megabytes, index) => {
    const name = `layer-${index}`;
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'data'), randomBytes(megabytes * 1_000_000));
    create({ cwd: join(folder, name), file: join(folder, `${name}.tgz`), gzip: true, sync: true }, ['data']);
    return readFileSync(join(folder, `${name}.tgz`));
  });
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Cmd: ['nginx'] },
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOf(gunzipSync(layer))) },
      history: layers.map(() => ({ created_by: 'recorder' })),
    }),
  );
  const part = (mediaType: string, blob: Buffer) => ({
    mediaType,
    size: blob.length,
    digest: digestOf(blob),
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: part('application/vnd.docker.container.image.v1+json', config),
    layers: layers.map((layer) => part('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)),
  });
  return { manifest, blobs: new Map([config, ...layers].map((blob) => [digestOf(blob), blob])) };
}

function certificate(folder: string, host: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=registry', '-addext', `subjectAltName=IP:${host}`];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

function digestOf(blob: Buffer): string {
  return `sha256:${createHash('sha256').update(blob).digest('hex')}`;
}
