import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCredentials } from '../credentials.ts';
import { parseCertificateRequest } from './certificate-request.ts';
import { issuerOf } from './certificate.ts';
import { signerRefusal, SIGNERS } from './signers.ts';
import { signRequest } from './signing.ts';
import { REQUEST } from './testing/request.ts';

const now = Date.UTC(2026, 0, 1);
const { authority } = createCredentials({ name: 'test', now });

describe('a certificate request', () => {
  it('is read: who it is about, by which names, with which key', () => {
    const parsed = parseCertificateRequest(REQUEST);
    expect(parsed).toMatchObject({
      commonName: 'ursula',
      organizations: ['devs', 'ops'],
      dnsNames: ['web.shop', 'web'],
      ipAddresses: [Buffer.from([10, 0, 0, 1])],
    });
  });

  it('is refused when somebody else signed it, or it is none', () => {
    const lines = REQUEST.split('\n');
    const middle = lines[2] ?? '';
    const changed = REQUEST.replace(middle, middle.replace('E', 'F'));
    expect(() => parseCertificateRequest(changed)).toThrow();
    expect(() => parseCertificateRequest('hello')).toThrow('PEM block type must be CERTIFICATE REQUEST');
    expect(() => parseCertificateRequest(REQUEST.replaceAll(' REQUEST', ''))).toThrow(
      'PEM block type must be CERTIFICATE REQUEST',
    );
  });

  it('becomes a certificate of the authority with what it asked for', () => {
    const pem = signRequest(
      parseCertificateRequest(REQUEST),
      { usages: ['client auth', 'digital signature'], expirationSeconds: 3600, now },
      issuerOf(authority),
    );
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    expect(certificate.subject).toBe('O=ops + O=devs\nCN=ursula');
    expect(certificate.subjectAltName).toBe('DNS:web.shop, DNS:web, IP Address:10.0.0.1');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.ca).toBe(false);
    expect(certificate.validFromDate.getTime()).toBe(now - 5 * 60_000);
    expect(certificate.validToDate.getTime()).toBe(now + 3600_000);
  });

  it('lives for a year when it asks for nothing, or for more', () => {
    const life = (expirationSeconds?: number): number => {
      const options = { usages: ['client auth'], now, ...(expirationSeconds && { expirationSeconds }) };
      const pem = signRequest(parseCertificateRequest(REQUEST), options, issuerOf(authority));
      return new X509Certificate(pem).validToDate.getTime() - now;
    };
    const year = 365 * 24 * 3600_000 - 5 * 60_000;
    expect(life()).toBe(year);
    expect(life(10 * 365 * 24 * 3600)).toBe(year);
  });

  it.each([
    [SIGNERS.client, ['client auth'], undefined],
    [SIGNERS.client, ['client auth', 'server auth'], 'invalid usage for client certificate: server auth'],
    [SIGNERS.client, ['digital signature'], 'missing required usage for client certificate: client auth'],
    [SIGNERS.kubeletServing, ['server auth'], 'subject organization is not system:nodes'],
    [SIGNERS.legacyUnknown, ['server auth'], undefined],
    ['example.com/serving', ['server auth'], 'not mine'],
  ])('is judged by %s with %j', (signer, usages, refusal) => {
    expect(signerRefusal(signer, parseCertificateRequest(REQUEST), usages)).toBe(refusal);
  });
});
