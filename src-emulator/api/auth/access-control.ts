import { createRoleEscalationCheck } from '../admission/role-escalation.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { RbacAuthorizer } from './rbac-authorizer.ts';

/** What decides who a request is from and whether it may be made. */
export interface AccessControl extends Disposable {
  authorizer: RbacAuthorizer;
}

/** Puts a server under the rules that are stored in it: the requests it gets, and what they may grant others. */
export function createAccessControl(machinery: ApiMachinery): AccessControl {
  const authorizer = new RbacAuthorizer(machinery);
  machinery.admission.push(createRoleEscalationCheck(authorizer));
  return { authorizer, [Symbol.dispose]: () => authorizer[Symbol.dispose]() };
}
