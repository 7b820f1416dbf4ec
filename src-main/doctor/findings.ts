/** What can be wrong with a Service and what stands behind it, as its objects tell. */
export const SERVICE_FINDINGS = [
  'service-missing',
  'wrong-namespace',
  'type-external-name',
  'service-port-missing',
  'selector-missing',
  'selector-matches-nothing',
  'pods-not-ready',
  'target-port-name-unknown',
  'endpoints-missing',
] as const;

/** Why there is nothing to connect to, of checks that aim at something by reference. */
export const AIM_FINDINGS = [
  'no-node-port',
  'not-a-load-balancer',
  'load-balancer-pending',
  'ingress-missing',
  'ingress-without-address',
] as const;

/** What a request meets. */
export const REQUEST_FINDINGS = [
  'name-not-found',
  'rules-behind',
  'target-port-refused',
  'no-answer',
  'request-failed',
] as const;

/** What only the doctor looks for: it asks further than a check does. */
type DoctorFinding =
  | 'name-mistyped'
  | 'dns-silent'
  | 'headless-port'
  | 'wrong-protocol'
  | 'probe-fails'
  | 'image-not-pulled'
  | 'crash-loop'
  | 'pods-pending'
  | 'pods-not-running'
  | 'listens-on-localhost'
  | 'endpoint-stale'
  | 'slice-port-name'
  | 'policy-blocks-ingress'
  | 'policy-blocks-egress'
  | 'node-not-ready'
  | 'no-local-endpoint'
  | 'ingress-class-missing'
  | 'ingress-class-unknown'
  | 'ingress-backend-missing'
  | 'ingress-backend-port'
  | 'ingress-host-unmatched'
  | 'ingress-path-unmatched'
  | 'tls-secret-missing'
  | 'tls-secret-unusable'
  | 'certificate-other-name'
  | 'certificate-expired';

/** The findings of a diagnosis: why a request does not arrive. */
export type DiagnosisFinding =
  | (typeof SERVICE_FINDINGS)[number]
  | (typeof AIM_FINDINGS)[number]
  | (typeof REQUEST_FINDINGS)[number]
  | DoctorFinding;
