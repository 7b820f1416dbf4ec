import { createRoleEscalationCheck } from '../admission/role-escalation.ts';
import type { Credentials } from '../credentials.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

/** What decides who a request is from and whether it may be made. */
export interface AccessControl extends Disposable {
  authorizer: RbacAuthorizer;
  tokens: ServiceAccountTokens;
}

/** Puts a server under the rules that are stored in it: the requests it gets, and what they may grant others. */
export function createAccessControl(machinery: ApiMachinery, credentials: Credentials): AccessControl {
  const authorizer = new RbacAuthorizer(machinery);
  const tokens = new ServiceAccountTokens({
    api: machinery,
    clock: machinery.clock,
    signingKey: credentials.serviceAccountKey,
  });
  machinery.admission.push(createRoleEscalationCheck(authorizer));
  return { authorizer, tokens, [Symbol.dispose]: () => authorizer[Symbol.dispose]() };
}
