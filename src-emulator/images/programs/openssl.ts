import { X509Certificate } from 'node:crypto';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { ResolveError } from '../../network/types.ts';
import { readAll } from '../pipe.ts';
import { resolvePath } from '../path.ts';
import type { ProcessContext, Program } from '../types.ts';
import { errorCode, program, UsageFailure } from './support.ts';

const CERTIFICATES_FILE = '/etc/ssl/certs/ca-certificates.crt';

/** openssl as far as one looks at certificates with it: `s_client`, `x509`, `verify`, `version`. */
export const openssl: Program = program('openssl', async (context, args) => {
  const [command, ...rest] = args;
  switch (command) {
    case 's_client':
      return sClient(context, rest);
    case 'x509':
      return x509(context, rest);
    case 'verify':
      return verify(context, rest);
    case 'version':
      await context.stdout.write('OpenSSL 3.3.2 3 Sep 2024 (Library: OpenSSL 3.3.2 3 Sep 2024)\n');
      return 0;
    default:
      throw new UsageFailure(`Error: '${command ?? ''}' is an invalid command.`);
  }
});

/** Options with one dash; `valued` ones take the next word. */
function readOptions(
  args: readonly string[],
  valued: readonly string[],
): { options: Map<string, string>; operands: string[] } {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (!/^--?./.test(arg)) operands.push(arg);
    else if (valued.includes(arg.replace(/^--?/, ''))) options.set(arg.replace(/^--?/, ''), args[++at] ?? '');
    else options.set(arg.replace(/^--?/, ''), '');
  }
  return { options, operands };
}

function textOf(context: ProcessContext, path: string): string {
  return new TextDecoder().decode(context.fs.readFile(resolvePath(context.cwd, path)));
}

/** `CN=web,O=Example` as OpenSSL 3 prints it: `O=Example, CN=web`. */
function nameOf(lines: string): string {
  return lines.split('\n').join(', ');
}

/** `DNS:a, IP Address:1.2.3.4`. */
function alternativeNames(certificate: X509Certificate): string {
  return (certificate.subjectAltName ?? '').replaceAll('"', '');
}

async function sClient(context: ProcessContext, args: string[]): Promise<number> {
  const { options, operands } = readOptions(args, [
    'connect',
    'servername',
    'CAfile',
    'cert',
    'key',
    'alpn',
    'verify_hostname',
  ]);
  const target = options.get('connect') ?? operands[0] ?? 'localhost:4433';
  const colon = target.lastIndexOf(':');
  const host = colon === -1 ? target : target.slice(0, colon);
  const port = Number(colon === -1 ? 443 : target.slice(colon + 1));
  const complain = (text: string): Promise<void> => context.stderr.write(text);
  let socket;
  try {
    const [address = ''] = await context.resolve(host);
    socket = await context.network.connect({ address, port });
  } catch (error) {
    if (context.ended.aborted) throw error;
    if (error instanceof ResolveError)
      await complain(`BIO_lookup_ex:Name or service not known\nconnect:errno=0\n`);
    else {
      const number = { ECONNREFUSED: 111, ETIMEDOUT: 110, EHOSTUNREACH: 113 }[errorCode(error) ?? ''] ?? 0;
      const reason =
        { 111: 'Connection refused', 110: 'Connection timed out', 113: 'No route to host' }[number] ?? '';
      await complain(`BIO_connect:${reason}\nconnect:errno=${number}\n`);
    }
    return 1;
  }
  await context.stdout.write('CONNECTED(00000003)\n');
  const caFile = options.get('CAfile') ?? CERTIFICATES_FILE;
  const serverName = options.has('noservername')
    ? undefined
    : (options.get('servername') ?? (/^[\d.]+$/.test(host) ? undefined : host));
  const tls = connectTls({
    socket,
    ...(serverName !== undefined && { servername: serverName }),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ca: context.fs.exists(resolvePath(context.cwd, caFile)) ? textOf(context, caFile) : '',
  });
  const failure = await new Promise<Error | undefined>((resolve) => {
    tls.once('secureConnect', () => resolve(undefined));
    tls.once('error', resolve);
  });
  if (failure !== undefined) {
    await complain(`error:0A00010B:SSL routines:ssl3_get_record:wrong version number\n`);
    await context.stdout.write('---\nno peer certificate available\n---\n');
    socket.destroy();
    return 1;
  }
  await describeSession(context, tls, options);
  if (!options.has('brief')) await converse(context, tls);
  socket.destroy();
  return 0;
}

/** What is known of a failed verification, with OpenSSL's number for it. */
function verification(tls: TLSSocket): { code: number; text: string } {
  const code = tls.authorizationError as unknown;
  const known: Record<string, [number, string]> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: [18, 'self-signed certificate'],
    SELF_SIGNED_CERT_IN_CHAIN: [19, 'self-signed certificate in certificate chain'],
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [20, 'unable to get local issuer certificate'],
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: [21, 'unable to verify the first certificate'],
    CERT_HAS_EXPIRED: [10, 'certificate has expired'],
    CERT_NOT_YET_VALID: [9, 'certificate is not yet valid'],
  };
  if (tls.authorized) return { code: 0, text: 'ok' };
  const name = code instanceof Error ? (errorCode(code) ?? code.message) : String(code);
  const [number, text] = known[name] ?? [1, name];
  return { code: number, text };
}

async function describeSession(
  context: ProcessContext,
  tls: TLSSocket,
  options: Map<string, string>,
): Promise<void> {
  const leaf = tls.getPeerX509Certificate();
  if (leaf === undefined) return;
  const chain = [leaf];
  for (
    let issuer = leaf.issuerCertificate;
    issuer !== undefined && chain.length < 10;
    issuer = issuer.issuerCertificate
  ) {
    if (options.has('showcerts')) chain.push(issuer);
    if (issuer.fingerprint256 === issuer.issuerCertificate?.fingerprint256) break;
  }
  const { code, text } = verification(tls);
  const subject = nameOf(leaf.subject);
  await context.stderr.write(
    `depth=0 ${subject}\n${code === 0 ? '' : `verify error:num=${code}:${text}\n`}verify return:1\n`,
  );
  const lines = ['---', 'Certificate chain'];
  for (const [index, each] of chain.entries()) {
    lines.push(` ${index} s:${nameOf(each.subject)}`, `   i:${nameOf(each.issuer)}`);
    const { validFrom, validTo } = each;
    lines.push(`   v:NotBefore: ${validFrom}; NotAfter: ${validTo}`);
    if (options.has('showcerts')) lines.push(each.toString().trimEnd());
  }
  lines.push('---', 'Server certificate');
  if (!options.has('showcerts')) lines.push(leaf.toString().trimEnd());
  lines.push(`subject=${subject}`, `issuer=${nameOf(leaf.issuer)}`, '---');
  lines.push('No client certificate CA names sent', '---');
  lines.push(code === 0 ? 'Verification: OK' : `Verification error: ${text}`, '---');
  lines.push(`New, ${tls.getProtocol() ?? ''}, Cipher is ${tls.getCipher().name}`);
  lines.push(`Verify return code: ${code} (${text})`, '---');
  await context.stdout.write(`${lines.join('\n')}\n`);
}

/** Hands on what is typed and what comes, until one side ends. */
async function converse(context: ProcessContext, tls: TLSSocket): Promise<void> {
  const closed = new Promise<void>((resolve) => tls.once('close', () => resolve()));
  tls.on('error', () => undefined);
  tls.on('data', (chunk: Uint8Array) => void context.stdout.write(chunk).catch(() => tls.destroy()));
  const sending = (async () => {
    for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read()) {
      // As with the real one, a line that starts with Q ends the session.
      if (/^Q/m.test(new TextDecoder().decode(chunk))) break;
      tls.write(chunk);
    }
    await context.stderr.write('DONE\n');
  })();
  await Promise.race([sending, closed]);
}

async function x509(context: ProcessContext, args: string[]): Promise<number> {
  const { options } = readOptions(args, [
    'in',
    'out',
    'ext',
    'checkhost',
    'checkip',
    'checkend',
    'inform',
    'outform',
    'nameopt',
  ]);
  const input = options.get('in');
  const text =
    input === undefined ? new TextDecoder().decode(await readAll(context.stdin)) : textOf(context, input);
  const pem = /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/.exec(text)?.[0];
  if (pem === undefined) {
    await context.stderr.write(
      `Could not read certificate from ${input ?? '<stdin>'}\nUnable to load certificate\n`,
    );
    return 1;
  }
  const certificate = new X509Certificate(pem);
  const print: Record<string, () => string> = {
    subject: () => `subject=${nameOf(certificate.subject)}`,
    issuer: () => `issuer=${nameOf(certificate.issuer)}`,
    serial: () => `serial=${certificate.serialNumber}`,
    startdate: () => `notBefore=${certificate.validFrom}`,
    enddate: () => `notAfter=${certificate.validTo}`,
    dates: () => `notBefore=${certificate.validFrom}\nnotAfter=${certificate.validTo}`,
    fingerprint: () =>
      options.has('sha256')
        ? `sha256 Fingerprint=${certificate.fingerprint256}`
        : `SHA1 Fingerprint=${certificate.fingerprint}`,
    ext: () =>
      certificate.subjectAltName === undefined
        ? 'No extensions matching ' + (options.get('ext') ?? '')
        : `X509v3 Subject Alternative Name: \n    ${alternativeNames(certificate)}`,
    pubkey: () => certificate.publicKey.export({ format: 'pem', type: 'spki' }).toString().trimEnd(),
    checkhost: () =>
      matchLine('Hostname', options.get('checkhost') ?? '', (name) => certificate.checkHost(name)),
    checkip: () => matchLine('IP', options.get('checkip') ?? '', (name) => certificate.checkIP(name)),
    text: () => describe(certificate),
  };
  const lines = [...options.keys()].filter((name) => name in print).map((name) => print[name]?.() ?? '');
  const seconds = options.get('checkend');
  const expires =
    seconds !== undefined && Date.parse(certificate.validTo) < context.clock.now() + Number(seconds) * 1000;
  if (seconds !== undefined) lines.push(`Certificate will ${expires ? '' : 'not '}expire`);
  if (!options.has('noout')) lines.push(certificate.toString().trimEnd());
  await context.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return expires ? 1 : 0;
}

function matchLine(what: string, name: string, check: (name: string) => string | undefined): string {
  return `${what} ${name} does ${check(name) === undefined ? 'NOT ' : ''}match certificate`;
}

function describe(certificate: X509Certificate): string {
  const names = alternativeNames(certificate);
  return [
    'Certificate:',
    '    Data:',
    '        Version: 3 (0x2)',
    `        Serial Number:\n            ${(certificate.serialNumber.match(/../g) ?? []).join(':').toLowerCase()}`,
    `        Issuer: ${nameOf(certificate.issuer)}`,
    '        Validity',
    `            Not Before: ${certificate.validFrom}`,
    `            Not After : ${certificate.validTo}`,
    `        Subject: ${nameOf(certificate.subject)}`,
    '        X509v3 extensions:',
    `            X509v3 Basic Constraints: critical\n                CA:${certificate.ca ? 'TRUE' : 'FALSE'}`,
    ...(names === '' ? [] : [`            X509v3 Subject Alternative Name: \n                ${names}`]),
  ].join('\n');
}

async function verify(context: ProcessContext, args: string[]): Promise<number> {
  const { options, operands } = readOptions(args, ['CAfile', 'untrusted']);
  const trusted = textOf(context, options.get('CAfile') ?? CERTIFICATES_FILE).match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? []; // prettier-ignore
  let status = 0;
  for (const file of operands) {
    const certificate = new X509Certificate(textOf(context, file));
    if (trusted.some((each) => certificate.verify(new X509Certificate(each).publicKey)))
      await context.stdout.write(`${file}: OK\n`);
    else {
      await context.stderr.write(
        `${nameOf(certificate.subject)}\nerror 20 at 0 depth lookup: unable to get local issuer certificate\nerror ${file}: verification failed\n`,
      );
      status = 2;
    }
  }
  return status;
}
