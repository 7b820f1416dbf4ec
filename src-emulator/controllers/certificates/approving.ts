import { parseCertificateRequest, type ParsedRequest } from '../../api/certificates/certificate-request.ts';
import { kubeletClientRefusal, SIGNERS } from '../../api/certificates/signers.ts';
import type { CertificateSigningRequest } from '../../api/objects.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../api/resources.ts';
import { disposeAll, type ControllerContext } from '../controller.ts';
import { timestamp } from '../object-helpers.ts';
import { WorkQueue } from '../work-queue.ts';

/** Whether whoever made a request may create certificatesigningrequests with this subresource. */
export type MayRequest = (
  request: CertificateSigningRequest,
  subresource: 'selfnodeclient' | 'nodeclient',
) => boolean;

/** Approves the client certificates of kubelets (k8s.io/kubernetes/pkg/controller/certificates/approver). */
export function startCertificateApprovingController(
  { api, clock }: ControllerContext,
  mayRequest: MayRequest,
): Disposable {
  const queue = new WorkQueue(clock, (name) => {
    const found = api.get(CERTIFICATE_SIGNING_REQUESTS, undefined, name);
    if (found === undefined || !isOpen(found)) return;
    const parsed = parseCertificateRequest(Buffer.from(found.spec.request, 'base64').toString());
    if (kubeletClientRefusal(parsed, found.spec.usages ?? []) !== undefined) return;
    const message = approval(found, parsed, mayRequest);
    if (message === undefined) return;
    const now = timestamp(clock.now());
    api.mutate(
      CERTIFICATE_SIGNING_REQUESTS,
      undefined,
      name,
      (draft) => {
        draft.status.conditions = [
          ...(draft.status.conditions ?? []),
          { type: 'Approved', status: 'True', reason: 'AutoApproved', message, lastUpdateTime: now },
        ];
      },
      { subresource: 'approval' },
    );
  });
  return disposeAll([
    queue,
    api.watch(CERTIFICATE_SIGNING_REQUESTS, ({ type, object }) => {
      if (type !== 'DELETED' && isOpen(object)) queue.add(object.metadata.name);
    }),
  ]);
}

function approval(
  request: CertificateSigningRequest,
  { commonName }: ParsedRequest,
  mayRequest: MayRequest,
): string | undefined {
  if (request.spec.username === commonName && mayRequest(request, 'selfnodeclient'))
    return 'Auto approving self kubelet client certificate after SubjectAccessReview.';
  if (mayRequest(request, 'nodeclient'))
    return 'Auto approving kubelet client certificate after SubjectAccessReview.';
  return undefined;
}

function isOpen({ spec, status }: CertificateSigningRequest): boolean {
  const decided = status.conditions?.some(({ type }) => type === 'Approved' || type === 'Denied') === true;
  return spec.signerName === SIGNERS.kubeletClient && !decided && (status.certificate ?? '') === '';
}
