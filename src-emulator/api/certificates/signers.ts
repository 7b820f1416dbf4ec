/** What the signers of kube-controller-manager sign (k8s.io/kubernetes/pkg/apis/certificates/helpers.go). */
import type { ParsedRequest } from './certificate-request.ts';

export const SIGNERS = {
  client: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacyUnknown: 'kubernetes.io/legacy-unknown',
} as const;

const NODES_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';

/**
 * Why a signer refuses a request; undefined when it signs it, `not mine` for the signers of others.
 * @param signer the signer's name.
 */
export function signerRefusal(
  signer: string,
  request: ParsedRequest,
  usages: readonly string[],
): string | undefined {
  switch (signer) {
    case SIGNERS.client:
      return clientRefusal(usages);
    case SIGNERS.kubeletClient:
      return kubeletClientRefusal(request, usages);
    case SIGNERS.kubeletServing:
      return kubeletServingRefusal(request, usages);
    case SIGNERS.legacyUnknown:
      return undefined;
    default:
      return 'not mine';
  }
}

function clientRefusal(usages: readonly string[]): string | undefined {
  const allowed = ['client auth', 'digital signature', 'key encipherment'];
  const wrong = usages.find((usage) => !allowed.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth')
    ? undefined
    : 'missing required usage for client certificate: client auth';
}

/** Whether a request for a kubelet's client certificate is one. */
export function kubeletClientRefusal(request: ParsedRequest, usages: readonly string[]): string | undefined {
  if (!isNodesGroup(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return nodeNameRefusal(request) ?? usagesRefusal(usages, 'client auth');
}

function kubeletServingRefusal(request: ParsedRequest, usages: readonly string[]): string | undefined {
  if (!isNodesGroup(request)) return 'subject organization is not system:nodes';
  if (request.dnsNames.length + request.ipAddresses.length === 0)
    return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return usagesRefusal(usages, 'server auth') ?? nodeNameRefusal(request);
}

function isNodesGroup({ organizations }: ParsedRequest): boolean {
  return organizations.length === 1 && organizations[0] === NODES_GROUP;
}

function nodeNameRefusal({ commonName }: ParsedRequest): string | undefined {
  return commonName.startsWith(NODE_PREFIX)
    ? undefined
    : 'subject common name does not begin with system:node:';
}

/** Key encipherment is for RSA keys alone, and may be left out. */
function usagesRefusal(usages: readonly string[], purpose: string): string | undefined {
  const required = [purpose, 'digital signature', 'key encipherment'].sort();
  const asked = [...new Set(usages)].sort().join();
  const withoutRsa = required.filter((usage) => usage !== 'key encipherment').join();
  return asked === required.join() || asked === withoutRsa
    ? undefined
    : `usages did not match [${required.join(' ')}]`;
}
