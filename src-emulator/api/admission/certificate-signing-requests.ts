import { parseCertificateRequest } from '../certificates/certificate-request.ts';
import { SIGNERS } from '../certificates/signers.ts';
import type { RbacAuthorizer } from '../auth/rbac-authorizer.ts';
import type { User } from '../auth/user.ts';
import type { CertificateSigningRequest } from '../objects.ts';
import { CERTIFICATE_SIGNING_REQUESTS as TYPE, groupResource } from '../resources.ts';
import { forbidden } from '../status.ts';
import { jsonEqual } from '../../store/json.ts';
import type { AdmissionPlugin } from './admission.ts';

const MASTERS = 'system:masters';

/**
 * Writes down who asks for a certificate, refuses to make masters, and lets only those decide and sign who may
 * do so for the signer in question (the admission plug-ins CertificateApproval, CertificateSigning and
 * CertificateSubjectRestriction).
 */
export function createCertificateAdmission(authorizer: RbacAuthorizer): AdmissionPlugin {
  /** The right is given for one signer, or for all of a domain. */
  const may = (user: User, verb: string, signer: string): boolean =>
    [signer, `${signer.split('/')[0] ?? ''}/*`].some(
      (name) =>
        authorizer.authorize(user, {
          verb,
          group: TYPE.group,
          resource: 'signers',
          subresource: '',
          namespace: '',
          name,
        }).allowed,
    );
  return {
    admit({ type, object, stored, operation, subresource, user }) {
      if (groupResource(type) !== groupResource(TYPE)) return;
      const request = object as CertificateSigningRequest;
      const { name } = request.metadata;
      if (operation === 'CREATE') {
        refuseMasters(request);
        recordRequestor(request, user);
        return;
      }
      if (user === undefined) return;
      const before = stored as CertificateSigningRequest;
      const { signerName } = before.spec;
      if (subresource === 'approval' && !may(user, 'approve', signerName))
        throw forbidden(
          TYPE,
          name,
          `user not permitted to approve requests with signerName ${JSON.stringify(signerName)}`,
        );
      if (
        subresource === 'status' &&
        !jsonEqual(request.status, before.status) &&
        !may(user, 'sign', signerName)
      )
        throw forbidden(
          TYPE,
          name,
          `user not permitted to sign requests with signerName ${JSON.stringify(signerName)}`,
        );
    },
  };
}

function refuseMasters({ metadata, spec }: CertificateSigningRequest): void {
  const { signerName, request = '' } = spec as Partial<typeof spec>;
  if (signerName !== SIGNERS.client) return;
  let organizations: string[];
  try {
    ({ organizations } = parseCertificateRequest(Buffer.from(request, 'base64').toString()));
  } catch {
    // Validation says what is wrong with it.
    return;
  }
  if (organizations.includes(MASTERS))
    throw forbidden(TYPE, metadata.name, `use of ${signerName} signer with ${MASTERS} group is not allowed`);
}

/** Who asks is not for the one who asks to say. */
function recordRequestor({ spec }: CertificateSigningRequest, user: User | undefined): void {
  delete spec.username;
  delete spec.uid;
  delete spec.groups;
  delete spec.extra;
  if (user === undefined) return;
  spec.username = user.username;
  spec.groups = user.groups;
  if (user.uid !== undefined) spec.uid = user.uid;
  if (user.extra !== undefined) spec.extra = user.extra;
}
