import type { TransferReport } from './curl-report.ts';
import { errorCode } from './support.ts';

/** A transfer that failed: curl's exit code (EXIT CODES in curl(1)) and message. */
export class CurlFailure extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What went wrong in the handshake, in OpenSSL's words. */
export function tlsFailure(error: unknown, host: string): CurlFailure {
  const code = errorCode(error) ?? '';
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new CurlFailure(
      60,
      `SSL: no alternative certificate subject name matches target host name '${host}'`,
    );
  const reason = {
    DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
    SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
    CERT_HAS_EXPIRED: 'certificate has expired',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to get local issuer certificate',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  }[code];
  if (reason !== undefined)
    return new CurlFailure(
      60,
      `SSL certificate problem: ${reason}\nMore details here: https://curl.se/docs/sslcerts.html`,
    );
  if (message.includes('wrong version number') || message.includes('packet length too long'))
    return new CurlFailure(35, 'TLS connect error: error:0A00010B:SSL routines::wrong version number');
  return new CurlFailure(35, `TLS connect error: ${message}`);
}

/** What went wrong while the response came. */
export function receiveFailure(error: unknown, report: TransferReport): CurlFailure {
  const code = errorCode(error) ?? '';
  if (code.startsWith('HPE_')) return new CurlFailure(1, 'Received HTTP/0.9 when not allowed');
  if (report.status !== 0 || report.sizeDownload > 0) {
    return code === 'ECONNRESET' && report.contentType === undefined
      ? new CurlFailure(56, 'Recv failure: Connection reset by peer')
      : new CurlFailure(18, 'transfer closed with outstanding read data remaining');
  }
  if (error instanceof Error && error.message === 'socket hang up')
    return new CurlFailure(52, 'Empty reply from server');
  return new CurlFailure(56, 'Recv failure: Connection reset by peer');
}

/** `--max-time` is over: what was waited for when it was, after `ms` milliseconds. */
export function timedOut(report: TransferReport, ms: number): CurlFailure {
  const elapsed = Math.round(ms);
  if (report.timeNameLookup === 0)
    return new CurlFailure(28, `Resolving timed out after ${elapsed} milliseconds`);
  if (report.timeConnect === 0)
    return new CurlFailure(28, `Connection timed out after ${elapsed} milliseconds`);
  return new CurlFailure(
    28,
    `Operation timed out after ${elapsed} milliseconds with ${report.sizeDownload} bytes received`,
  );
}
