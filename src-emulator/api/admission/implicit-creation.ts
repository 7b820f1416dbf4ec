import { forbiddenRequest } from '../auth/forbidden.ts';
import type { RbacAuthorizer } from '../auth/rbac-authorizer.ts';
import type { AdmissionPlugin } from './admission.ts';

/** Who applies what is not there creates it, and needs the right to (withAuthorization of k8s.io/apiserver). */
export function createImplicitCreationCheck(authorizer: RbacAuthorizer): AdmissionPlugin {
  return {
    admit({ operation, implicit = false, type, object, user }) {
      if (operation !== 'CREATE' || !implicit || user === undefined) return;
      const { namespace = '', name } = object.metadata;
      const attributes = {
        verb: 'create',
        group: type.group,
        resource: type.plural,
        subresource: '',
        namespace,
        name,
      };
      const { allowed, reason } = authorizer.authorize(user, attributes);
      if (!allowed) throw forbiddenRequest(user, attributes, reason);
    },
  };
}
