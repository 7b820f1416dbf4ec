import { issueCertificate } from '../../api/certificates/certificate.ts';
import { agnhost } from '../programs/agnhost.ts';
import { shellProgram } from '../shell/sh.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { numberedTags } from './tags.ts';
import { busyboxPrograms, caCertificates, networkTools } from './toolboxes.ts';

const REPOSITORY = 'registry.k8s.io/e2e-test-images/agnhost';

/** The certificate that `porter` and `netexec` serve unless they are given one: of the loopback address, for 60 years. */
function localhostCertificate(): Record<string, string> {
  const { certificate, privateKey } = issueCertificate({
    subject: { organization: 'Acme Co', commonName: 'localhost' },
    use: 'server',
    notBefore: new Date(0),
    notAfter: new Date(Date.UTC(2084, 0, 29, 16)),
    dnsNames: ['example.com'],
    addresses: ['127.0.0.1'],
  });
  return {
    '/localhost.crt': certificate,
    '/localhost.key': privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

/** Kubernetes' own test image: Alpine with its server and network tools. */
export const agnhostImages: CatalogEntry[] = [
  {
    repository: REPOSITORY,
    tags: numberedTags('2.', 26, 57),
    make: (tag) =>
      makeImage({
        repository: REPOSITORY,
        tag,
        sizeMiB: 50,
        entrypoint: ['/agnhost'],
        cmd: ['pause'],
        programs: {
          ...busyboxPrograms('1.36.1'),
          ...networkTools('8.12.1'),
          '/bin/bash': shellProgram('bash'),
          '/agnhost': agnhost,
        },
        files: { '/uploads/.keep': '', ...localhostCertificate(), ...caCertificates() },
      }),
  },
];
