import { createCertificateAdmission } from '../admission/certificate-signing-requests.ts';
import { createImplicitCreationCheck } from '../admission/implicit-creation.ts';
import { createRoleEscalationCheck } from '../admission/role-escalation.ts';
import type { Credentials } from '../credentials.ts';
import type { CertificateSigningRequest } from '../objects.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../resources.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

/** What decides who a request is from and whether it may be made. */
export interface AccessControl extends Disposable {
  authorizer: RbacAuthorizer;
  tokens: ServiceAccountTokens;
  /** Whether whoever made a request may have the client certificate of a node, or of the node that they are. */
  mayRequestCertificate(
    request: CertificateSigningRequest,
    subresource: 'selfnodeclient' | 'nodeclient',
  ): boolean;
}

/** Puts a server under the rules that are stored in it: the requests it gets, and what they may grant others. */
export function createAccessControl(machinery: ApiMachinery, credentials: Credentials): AccessControl {
  const authorizer = new RbacAuthorizer(machinery);
  const tokens = new ServiceAccountTokens({
    api: machinery,
    clock: machinery.clock,
    signingKey: credentials.serviceAccountKey,
  });
  machinery.admission.push(
    createImplicitCreationCheck(authorizer),
    createRoleEscalationCheck(authorizer),
    createCertificateAdmission(authorizer),
  );
  return {
    authorizer,
    tokens,
    mayRequestCertificate: ({ spec }, subresource) =>
      authorizer.authorize(
        { username: spec.username ?? '', groups: spec.groups ?? [] },
        {
          verb: 'create',
          group: CERTIFICATE_SIGNING_REQUESTS.group,
          resource: CERTIFICATE_SIGNING_REQUESTS.plural,
          subresource,
          namespace: '',
          name: '',
        },
      ).allowed,
    [Symbol.dispose]: () => authorizer[Symbol.dispose](),
  };
}
