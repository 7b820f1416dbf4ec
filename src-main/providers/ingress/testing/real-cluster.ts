import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../../kube/client.ts';
import { isPodReady, NAMESPACE, POD, type KubeObject, type Pod } from '../../../kube/objects.ts';

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

export interface Request {
  /** Where to connect to. */
  address: string;
  host: string;
  path: string;
  /** Over TLS, trusting this certificate in the client pod. */
  caFile?: string;
}

/** Asks from a pod. Gives the name of the Deployment whose pod answered, or the status of anything but 200. */
export async function askFrom(
  kube: KubeClient,
  namespace: string,
  { address, host, path, caFile }: Request,
): Promise<string> {
  const [scheme, port] = caFile === undefined ? ['http', 80] : ['https', 443];
  const trust = caFile === undefined ? [] : ['--cacert', caFile];
  const { stdout, exitCode } = await kube.exec(namespace, 'client', [
    ...['curl', '-s', '-m', '10', '-w', '\n%{http_code}', '--path-as-is', '--globoff', ...trust],
    ...['--resolve', `${host}:${port}:${address}`, `${scheme}://${host}${path}`],
  ]);
  if (exitCode !== 0) return `curl exit ${exitCode}`;
  const lines = stdout.trimEnd().split('\n');
  const status = lines.pop() ?? '';
  // serve-hostname answers every path with the name of its pod: web-5d8f9c7b6-x2k4q.
  return status === '200' ? (lines.join('').split('-')[0] ?? '') : status;
}

/** Asks until the answer is the one expected, at most for a while, and gives the last. */
export async function eventually(expected: string, ask: () => Promise<string>, ms = 15_000): Promise<string> {
  const until = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer === expected || Date.now() > until) return answer;
    await sleep(50);
  }
}

/** Applies objects; throws what the cluster says against them. */
export async function applyAll(
  kube: KubeClient,
  namespace: string,
  objects: readonly object[],
): Promise<void> {
  const text = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const { problems } = await kube.apply(text, { namespace });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
}

/** Pods that answer with their name on every path, behind a Service of the same name with a named port. */
export function backend(name: string, replicas = 1): object[] {
  const labels = { app: name };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 0,
            containers: [{ name, image: AGNHOST, args: ['serve-hostname', '--port=8080'] }],
          },
        },
      },
    },
    serviceOf(name),
  ];
}

export function serviceOf(name: string, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  };
}

export function clientPod(): object {
  return {
    ...POD,
    metadata: { name: 'client' },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'client', image: AGNHOST, args: ['pause'] }],
    },
  };
}

export async function ensureNamespace(kube: KubeClient, name: string): Promise<void> {
  await removed(kube, { ...NAMESPACE, metadata: { name } });
  await kube.create({ ...NAMESPACE, metadata: { name } });
  // Pods are refused until there is the service account.
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' };
  while ((await kube.get(account)) === undefined) await sleep(100);
}

export async function podsReady(kube: KubeClient, namespace: string): Promise<void> {
  for (;;) {
    const pods = await kube.list<Pod>(POD, { namespace });
    if (pods.length > 0 && pods.every(isPodReady)) return;
    await sleep(200);
  }
}

/** Deletes an object and waits until it is gone. */
export async function removed(kube: KubeClient, { apiVersion, kind, metadata }: KubeObject): Promise<void> {
  const { name, namespace } = metadata;
  const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  await kube.delete(ref);
  while ((await kube.get(ref)) !== undefined) await sleep(200);
}

export interface Certificate {
  certificate: string;
  key: string;
}

/** A self-signed certificate for a host, made by the `openssl` program. */
export function certificateFor(host: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const [crt, key] = [join(folder, 'crt'), join(folder, 'key')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', key, '-out', crt, '-days', '2', '-subj', `/CN=${host}`],
        ...['-addext', `subjectAltName=DNS:${host}`],
      ],
      { stdio: 'ignore' },
    );
    return { certificate: readFileSync(crt, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function tlsSecret(name: string, { certificate, key }: Certificate): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': certificate, 'tls.key': key },
  };
}
