/** What a status may say, of workloads and of what has a load balancer (pkg/apis/…/validation/validation.go). */
import { isIP } from 'node:net';
import type { FieldError } from '../kind-definition.ts';
import { forbidden, invalid, invalidEach, nonNegative, notSupported } from '../validation/errors.ts';
import { dns1123Subdomain } from '../validation/names.ts';
import { validateIP } from '../validation/network.ts';

interface Counts {
  /** Which may not be negative, in the order in which the server looks at them. */
  counted: readonly string[];
  /** Which are part of `replicas`. */
  ofReplicas?: readonly string[];
  /** How the server calls the count that `availableReplicas` is part of. */
  readyName?: string;
}

/** @param status as a client wrote it */
export function validateStatusCounts(
  status: object,
  { counted, ofReplicas = [], readyName }: Counts,
): FieldError[] {
  const values = status as Record<string, number | undefined>;
  const value = (name: string): number => values[name] ?? 0;
  const errors = counted.flatMap((name) => nonNegative(`status.${name}`, values[name]));
  for (const name of ofReplicas)
    if (value(name) > value('replicas'))
      errors.push(invalid(`status.${name}`, value(name), 'cannot be greater than status.replicas'));
  if (readyName !== undefined && value('availableReplicas') > value('readyReplicas'))
    errors.push(
      invalid('status.availableReplicas', value('availableReplicas'), `cannot be greater than ${readyName}`),
    );
  return errors;
}

export function validateReplicaSetStatus(status: object): FieldError[] {
  const ofReplicas = ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];
  return validateStatusCounts(status, {
    counted: ['replicas', ...ofReplicas, 'observedGeneration'],
    ofReplicas,
    readyName: 'readyReplicas',
  });
}

/** Counts of hash collisions only grow. */
export function validateCollisions(
  { collisionCount }: { collisionCount?: number },
  stored: { collisionCount?: number },
): FieldError[] {
  return stored.collisionCount !== undefined && (collisionCount ?? -1) < stored.collisionCount
    ? [invalid('status.collisionCount', collisionCount ?? 0, 'cannot be decremented')]
    : [];
}

const IP_MODES = ['Proxy', 'VIP'];

interface LoadBalancerIngress {
  ip?: string;
  ipMode?: string;
  hostname?: string;
}

/** The addresses that a load balancer gave. @param needsMode of a Service; those of an Ingress have no mode */
export function validateLoadBalancer(
  ingress: readonly LoadBalancerIngress[],
  { needsMode }: { needsMode: boolean },
): FieldError[] {
  return ingress.flatMap(({ ip = '', ipMode, hostname = '' }, index) => {
    const at = `status.loadBalancer.ingress[${index}]`;
    const errors = ip === '' ? [] : validateIP(`${at}.ip`, ip);
    if (needsMode && ip === '' && ipMode !== undefined)
      errors.push(forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (needsMode && ipMode !== undefined && !IP_MODES.includes(ipMode))
      errors.push(notSupported(`${at}.ipMode`, ipMode, IP_MODES));
    if (hostname === '') return errors;
    errors.push(...invalidEach(`${at}.hostname`, hostname, dns1123Subdomain(hostname)));
    if (isIP(hostname) !== 0)
      errors.push(invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
    return errors;
  });
}
