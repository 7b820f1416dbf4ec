import { issuerOf } from '../../api/certificates/certificate.ts';
import { parseCertificateRequest } from '../../api/certificates/certificate-request.ts';
import { signerRefusal } from '../../api/certificates/signers.ts';
import { signRequest } from '../../api/certificates/signing.ts';
import type { CertificateAndKey } from '../../api/credentials.ts';
import type { CertificateSigningRequest } from '../../api/objects.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../api/resources.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { timestamp } from '../object-helpers.ts';
import { WorkQueue } from '../work-queue.ts';

/**
 * Signs approved requests for the signers of Kubernetes, or says why not
 * (k8s.io/kubernetes/pkg/controller/certificates/signer). Those of other signers are left to them.
 * @param authority PEM of the cluster's certificate authority and its key.
 */
export function startCertificateSigningController(
  { api, clock }: ControllerContext,
  authority: CertificateAndKey,
): Disposable {
  const issuer = issuerOf(authority);
  const queue = new WorkQueue(clock, (name) => {
    const found = api.get(CERTIFICATE_SIGNING_REQUESTS, undefined, name);
    if (found === undefined || !isWaiting(found)) return;
    const { usages = [], expirationSeconds, signerName } = found.spec;
    const request = parseCertificateRequest(Buffer.from(found.spec.request, 'base64').toString());
    const refusal = signerRefusal(signerName, request, usages);
    if (refusal === 'not mine') return;
    const now = clock.now();
    const options = { usages, now, ...(expirationSeconds === undefined ? {} : { expirationSeconds }) };
    const signed = refusal === undefined ? signRequest(request, options, issuer) : undefined;
    const change = (draft: CertificateSigningRequest): void => {
      if (signed !== undefined) draft.status.certificate = Buffer.from(signed).toString('base64');
      else
        draft.status.conditions = [
          ...(draft.status.conditions ?? []),
          {
            type: 'Failed',
            status: 'True',
            reason: 'SignerValidationFailure',
            message: refusal ?? '',
            lastUpdateTime: timestamp(now),
          },
        ];
    };
    api.mutate(CERTIFICATE_SIGNING_REQUESTS, undefined, name, change, { subresource: 'status' });
  });
  return disposeAll([
    queue,
    api.watch(CERTIFICATE_SIGNING_REQUESTS, ({ type, object }) => {
      if (type !== 'DELETED' && isWaiting(object)) queue.add(object.metadata.name);
    }),
  ]);
}

function isWaiting({ status }: CertificateSigningRequest): boolean {
  const has = (type: string): boolean =>
    status.conditions?.some((condition) => condition.type === type) === true;
  return has('Approved') && !has('Denied') && !has('Failed') && (status.certificate ?? '') === '';
}
