import { X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { isIP } from 'node:net';
import type { Evidence } from '#shared/verdict.ts';
import type { KubeClient } from '#main/kube/client.ts';
import { curlOptions, type HttpFailure, httpFailure, type HttpRequest, type Origin } from './http.ts';
import { execLine, quoted, runIn } from './pod.ts';

/** The certificates that a server presents. */
export interface TlsSeen {
  /** PEM, the server's own first; none when there was no handshake. */
  chain: string[];
  failure: HttpFailure;
  /** The tool's own words. */
  error: string;
  evidence: Evidence;
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Opens a TLS connection and takes the certificates, whoever signed them. In a pod curl prints them
 * (`%{certs}`, since 7.88); the host of the URL is the server name.
 */
export async function probeTls(
  kube: KubeClient,
  from: Origin,
  request: HttpRequest & { timeoutSeconds: number },
): Promise<TlsSeen> {
  const at = Date.now();
  const argv = ['curl', ...curlOptions(request), '-o', '/dev/null', '-w', '%{certs}', request.url];
  if (from === 'host') {
    const seen = await presentedToHost(request);
    return {
      ...seen,
      evidence: {
        title: { en: 'Certificates, as presented to this machine', ko: '이 컴퓨터에 제시된 인증서' },
        command: argv.map(quoted).join(' '),
        output: describe(seen),
        at,
      },
    };
  }
  const { stdout, stderr, exitCode } = await runIn(kube, from, argv, request.timeoutSeconds);
  const chain = stdout.match(PEM) ?? [];
  const error = stderr.trim();
  // An answer that ends badly after the handshake is no matter here.
  const failure = chain.length > 0 ? 'none' : httpFailure({ exitCode, error });
  const seen = {
    chain,
    failure: failure === 'none' && chain.length === 0 ? ('other' as const) : failure,
    error,
  };
  return {
    ...seen,
    evidence: {
      title: { en: `Certificates, as presented to ${from.pod}`, ko: `${from.pod}에 제시된 인증서` },
      command: execLine(from, argv),
      output: describe(seen),
      at,
    },
  };
}

async function presentedToHost({
  url,
  via,
  timeoutSeconds,
}: HttpRequest & { timeoutSeconds: number }): Promise<Omit<TlsSeen, 'evidence'>> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<Omit<TlsSeen, 'evidence'>>();
  const socket = connect({
    host: via?.host ?? hostname,
    port: via?.port ?? (port === '' ? 443 : Number(port)),
    rejectUnauthorized: false,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
  });
  const timer = setTimeout(() => {
    resolve({ chain: [], failure: 'timeout', error: 'Operation timed out' });
  }, timeoutSeconds * 1000);
  socket.on('secureConnect', () => {
    resolve({ chain: chainOf(socket.getPeerCertificate(true)), failure: 'none', error: '' });
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const failure =
      error.code === 'ECONNREFUSED' ? 'refused' : error.code === 'ETIMEDOUT' ? 'timeout' : 'other';
    resolve({ chain: [], failure, error: error.message });
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function chainOf(first: DetailedPeerCertificate): string[] {
  const chain: string[] = [];
  // A certificate whose issuer did not come along has none.
  let here: Partial<DetailedPeerCertificate> | undefined = first;
  while (here?.raw !== undefined) {
    const pem = new X509Certificate(here.raw).toString().trim();
    if (chain.includes(pem)) break; // signed by itself
    chain.push(pem);
    here = here.issuerCertificate;
  }
  return chain;
}

function describe({ chain, error }: Omit<TlsSeen, 'evidence'>): string {
  const lines = chain.map((pem) => {
    const { subject, issuer, subjectAltName, validTo } = new X509Certificate(pem);
    return `subject: ${subject}\nissuer: ${issuer}\nnames: ${subjectAltName ?? '(none)'}\nexpires: ${validTo}`;
  });
  return [...lines, ...(error === '' ? [] : [error])].join('\n\n');
}
