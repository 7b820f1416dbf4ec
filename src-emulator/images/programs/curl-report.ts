import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { ProcessContext } from '../types.ts';

/** What curl knows of a transfer when it is over, for `-w`. Times in milliseconds from the start. */
export interface TransferReport {
  method: string;
  url: string;
  status: number;
  contentType: string | undefined;
  exitCode: number;
  errorMessage: string;
  remoteAddress: string;
  remotePort: number;
  localAddress: string;
  localPort: number;
  sizeDownload: number;
  sizeUpload: number;
  sizeHeader: number;
  sizeRequest: number;
  redirects: number;
  redirectUrl: string;
  connects: number;
  scheme: string;
  timeNameLookup: number;
  timeConnect: number;
  timeAppConnect: number;
  timePretransfer: number;
  timeStartTransfer: number;
  timeTotal: number;
  output: string;
  /** Of the server, as `%{certs}` prints them; empty without TLS. */
  certificates: string;
  /** Response headers in lower case, for `%header{…}`. */
  headers: Record<string, string>;
}

export function emptyReport(method: string, url: string): TransferReport {
  return {
    method, url, status: 0, contentType: undefined, exitCode: 0, errorMessage: '', remoteAddress: '', remotePort: 0,
    localAddress: '', localPort: 0, sizeDownload: 0, sizeUpload: 0, sizeHeader: 0, sizeRequest: 0, redirects: 0,
    redirectUrl: '', connects: 0, scheme: url.startsWith('https') ? 'https' : 'http', timeNameLookup: 0,
    timeConnect: 0, timeAppConnect: 0, timePretransfer: 0, timeStartTransfer: 0, timeTotal: 0, output: '', certificates: '', headers: {},
  }; // prettier-ignore
}

const seconds = (ms: number): string => (ms / 1000).toFixed(6);

const VARIABLES: Record<string, (report: TransferReport) => string> = {
  certs: (r) => r.certificates,
  num_certs: (r) => String(r.certificates.match(/BEGIN CERTIFICATE/g)?.length ?? 0),
  http_code: (r) => String(r.status).padStart(3, '0'),
  response_code: (r) => String(r.status).padStart(3, '0'),
  http_version: (r) => (r.status === 0 ? '0' : '1.1'),
  content_type: (r) => r.contentType ?? '',
  errormsg: (r) => r.errorMessage,
  exitcode: (r) => String(r.exitCode),
  filename_effective: (r) => r.output,
  local_ip: (r) => r.localAddress,
  local_port: (r) => String(r.localPort),
  remote_ip: (r) => r.remoteAddress,
  remote_port: (r) => String(r.remotePort),
  method: (r) => r.method,
  num_connects: (r) => String(r.connects),
  num_headers: (r) => String(Object.keys(r.headers).length),
  num_redirects: (r) => String(r.redirects),
  redirect_url: (r) => r.redirectUrl,
  scheme: (r) => r.scheme,
  size_download: (r) => String(r.sizeDownload),
  size_header: (r) => String(r.sizeHeader),
  size_request: (r) => String(r.sizeRequest),
  size_upload: (r) => String(r.sizeUpload),
  speed_download: (r) => String(speed(r.sizeDownload, r.timeTotal)),
  speed_upload: (r) => String(speed(r.sizeUpload, r.timeTotal)),
  ssl_verify_result: () => '0',
  time_appconnect: (r) => seconds(r.timeAppConnect),
  time_connect: (r) => seconds(r.timeConnect),
  time_namelookup: (r) => seconds(r.timeNameLookup),
  time_pretransfer: (r) => seconds(r.timePretransfer),
  time_redirect: () => seconds(0),
  time_starttransfer: (r) => seconds(r.timeStartTransfer),
  time_total: (r) => seconds(r.timeTotal),
  url: (r) => r.url,
  url_effective: (r) => r.url,
};

function speed(bytes: number, ms: number): number {
  return Math.round((bytes * 1000) / Math.max(1, ms));
}

/** Fills in `-w`'s format. An unknown variable is said to be one, as curl does. */
export function formatWriteOut(format: string, report: TransferReport): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  let into: 'stdout' | 'stderr' = 'stdout';
  for (const [whole, header, name, escape] of format.matchAll(
    /%header\{([^}]*)\}|%\{(\w+)\}|\\([nrt])|%%|[^]/g,
  )) {
    if (header !== undefined) output[into] += report.headers[header.toLowerCase()] ?? '';
    else if (name === 'stdout' || name === 'stderr') into = name;
    else if (name === 'json') output[into] += asJson(report);
    else if (name === 'onerror') {
      if (report.exitCode === 0) break;
    } else if (name !== undefined) {
      const variable = VARIABLES[name];
      if (variable === undefined) output.stderr += `curl: unknown --write-out variable: '${name}'\n`;
      else output[into] += variable(report);
    } else if (escape !== undefined) output[into] += { n: '\n', r: '\r', t: '\t' }[escape as 'n' | 'r' | 't'];
    else output[into] += whole === '%%' ? '%' : whole;
  }
  return output;
}

function asJson(report: TransferReport): string {
  const numeric = /^(http_code|response_code|exitcode|.*_port|num_|size_|speed_|time_|ssl_verify)/;
  const fields = Object.entries(VARIABLES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const text = value(report);
      return `"${name}":${numeric.test(name) ? String(name.startsWith('time_') ? text : Number(text)) : JSON.stringify(text)}`;
    });
  return `{${fields.join(',')}}`;
}

const METER_HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n' +
  '                                 Dload  Upload   Total   Spent    Left  Speed\n';
const METER_ZERO = '\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0';

/** curl's progress meter: shown on stderr when the output does not go to a terminal. */
export class ProgressMeter {
  readonly #context: ProcessContext;
  readonly #enabled: boolean;

  constructor(context: ProcessContext, enabled: boolean) {
    this.#context = context;
    this.#enabled = enabled;
  }

  async start(): Promise<void> {
    if (this.#enabled) await this.#context.stderr.write(METER_HEAD + METER_ZERO);
  }

  async finish(report: TransferReport): Promise<void> {
    if (!this.#enabled) return;
    // curl stops without a last line when it has not got as far as a connection.
    if (report.exitCode === 6 || report.exitCode === 3) return;
    if (report.sizeDownload === 0) {
      await this.#context.stderr.write(`${METER_ZERO}\n`);
      return;
    }
    const size = amount(report.sizeDownload);
    const average = amount(speed(report.sizeDownload, report.timeTotal));
    const up = amount(report.sizeUpload);
    const upSpeed = amount(speed(report.sizeUpload, report.timeTotal));
    const uploaded = report.sizeUpload > 0 ? '100' : '  0';
    await this.#context.stderr.write(
      `\r100 ${amount(report.sizeDownload + report.sizeUpload)}  100 ${size} ${uploaded} ${up}  ${average}  ${upSpeed} --:--:-- --:--:-- --:--:-- ${average}\n`,
    );
  }
}

/** A number in the five columns that the meter has. */
function amount(value: number): string {
  if (value < 100_000) return String(value).padStart(5);
  if (value < 10_000 * 1024) return `${Math.floor(value / 1024)}k`.padStart(5);
  return `${(value / 1024 / 1024).toFixed(1)}M`.slice(0, 5).padStart(5);
}

/** What `-v` says of a TLS connection and of the server's certificate. */
export function describeTls(tls: TLSSocket): string {
  const { subject, issuer, valid_from: from, valid_to: to } = tls.getPeerCertificate();
  const verdict = tls.authorized
    ? 'ok.'
    : 'result: unable to get local issuer certificate (20), continuing anyway.';
  return [
    `* SSL connection using ${tls.getProtocol() ?? ''} / ${tls.getCipher().standardName}`,
    '* Server certificate:',
    `*  subject: ${nameOf(subject)}`,
    `*  start date: ${from}`,
    `*  expire date: ${to}`,
    `*  issuer: ${nameOf(issuer)}`,
    `*  SSL certificate verify ${verdict}`,
  ].join('\n');
}

/** The server's certificates as `%{certs}` prints them: fields of each, then its PEM. */
export function describeCertificates(tls: TLSSocket): string {
  const seen = new Set<string>();
  // A certificate whose issuer did not come along has none.
  let here: Partial<DetailedPeerCertificate> | undefined = tls.getPeerCertificate(true);
  let text = '';
  while (here?.raw !== undefined && !seen.has(here.fingerprint256 ?? '')) {
    seen.add(here.fingerprint256 ?? '');
    const certificate = new X509Certificate(here.raw);
    text += [
      `Subject:${oneLine(certificate.subject)}`,
      `Issuer:${oneLine(certificate.issuer)}`,
      'Version:2',
      `Serial Number:${certificate.serialNumber.toLowerCase()}`,
      `X509v3 Subject Alternative Name:${certificate.subjectAltName ?? ''}`,
      `Start date:${certificate.validFrom}`,
      `Expire date:${certificate.validTo}`,
      certificate.toString(),
    ].join('\n');
    here = here.issuerCertificate;
  }
  return text;
}

function oneLine(name: string): string {
  return name.replaceAll('=', ' = ').replaceAll('\n', ', ');
}

function nameOf(name: object): string {
  return Object.entries(name)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join('; ');
}
