import { type Issued, issueCertificate } from '../api/certificates/certificate.ts';

/** Long enough for virtual time to go where a lesson needs it. */
const NOT_BEFORE = new Date(Date.UTC(2020, 0, 1));
const NOT_AFTER = new Date(Date.UTC(2050, 0, 1));

let authority: Issued | undefined;

/** The authority that signs for the world outside, made when it is first needed. No program of the real world knows it. */
function publicAuthority(): Issued {
  authority ??= issueCertificate({
    subject: { organization: 'Example Trust Services', commonName: 'Example Root CA' },
    use: 'authority',
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
  });
  return authority;
}

/** The certificates (PEM) that images trust, as their ca-certificates package has them. */
export function trustedCertificates(): string {
  return publicAuthority().certificate;
}

/** A certificate for these names, and its key (PEM). */
export function certificateFor(names: readonly [string, ...string[]]): { cert: string; key: string } {
  const issued = issueCertificate(
    {
      subject: { commonName: names[0] },
      use: 'server',
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      dnsNames: names,
    },
    publicAuthority(),
  );
  return {
    cert: issued.certificate,
    key: issued.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}
