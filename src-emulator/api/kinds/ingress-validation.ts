/** Validation of Ingresses and IngressClasses (k8s.io/kubernetes/pkg/apis/networking/validation). */
import { isIP } from 'node:net';

import type { FieldError } from '../kind-definition.ts';
import type { Ingress, IngressBackend, IngressClass, IngressPath } from '../objects.ts';
import { forbidden, invalid, invalidEach, notSupported, required, tooLong } from '../validation/errors.ts';
import {
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  pathSegment,
  portName,
  portNumber,
  wildcardSubdomain,
} from '../validation/names.ts';

const MAX_CONTROLLER_BYTES = 250;
const HTTP_PATH = String.raw`[A-Za-z0-9/\-._~%!$&'()*+,;=:]+`;
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const FORBIDDEN_IN_PATH = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_AT_END = ['/..', '/.'];

interface Leniency {
  /** What was stored with such a name may keep it. */
  secretNames: boolean;
  wildcardRules: boolean;
}

export const STRICT: Leniency = { secretNames: false, wildcardRules: false };

/** What an update may keep because the stored object has it. */
export function leniencyOf({ spec }: Ingress): Leniency {
  return {
    secretNames: (spec.tls ?? []).some(({ secretName = '' }) => secretNameProblems(secretName).length > 0),
    wildcardRules: (spec.rules ?? []).some(
      (rule) => rule.host?.includes('*') === true && validateRuleValue(rule, '').length > 0,
    ),
  };
}

export function validateIngressSpec({ spec }: Ingress, leniency: Leniency): FieldError[] {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined)
    errors.push(
      invalid(
        'spec',
        spec.rules === undefined ? null : [],
        'either `defaultBackend` or `rules` must be specified',
      ),
    );
  if (defaultBackend !== undefined) errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'));
  for (const [index, rule] of rules.entries()) {
    const at = `spec.rules[${index}]`;
    const host = rule.host ?? '';
    if (isIP(host) !== 0) errors.push(invalid(`${at}.host`, host, 'must be a DNS name, not an IP address'));
    if (host !== '') errors.push(...invalidEach(`${at}.host`, host, hostProblems(host)));
    if (!host.includes('*') || !leniency.wildcardRules) errors.push(...validateRuleValue(rule, at));
  }
  for (const [index, { hosts = [], secretName = '' }] of tls.entries()) {
    const at = `spec.tls[${index}]`;
    for (const [hostIndex, host] of hosts.entries())
      errors.push(...invalidEach(`${at}.hosts[${hostIndex}]`, host, hostProblems(host)));
    if (!leniency.secretNames)
      errors.push(...invalidEach(`${at}.secretName`, secretName, secretNameProblems(secretName)));
  }
  if (ingressClassName !== undefined)
    errors.push(
      ...invalidEach('spec.ingressClassName', ingressClassName, dns1123Subdomain(ingressClassName)),
    );
  return errors;
}

function hostProblems(host: string): string[] {
  return host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host);
}

function secretNameProblems(name: string): string[] {
  return name === '' ? [] : dns1123Subdomain(name);
}

function validateRuleValue(
  { http }: NonNullable<Ingress['spec']['rules']>[number],
  at: string,
): FieldError[] {
  if (http === undefined) return [];
  const paths = http.paths;
  if (paths.length === 0) return [required(`${at}.http.paths`)];
  return paths.flatMap((path, index) => validatePath(path, `${at}.http.paths[${index}]`));
}

function validatePath({ path = '', pathType, backend }: IngressPath, at: string): FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')];
  const errors: FieldError[] = [];
  const isAbsolute = path.startsWith('/');
  switch (pathType) {
    case 'Exact':
    case 'Prefix':
      if (!isAbsolute) errors.push(invalid(`${at}.path`, path, 'must be an absolute path'));
      for (const sequence of FORBIDDEN_IN_PATH)
        if (path.includes(sequence))
          errors.push(invalid(`${at}.path`, path, `must not contain '${sequence}'`));
      for (const suffix of FORBIDDEN_AT_END)
        if (path.endsWith(suffix)) errors.push(invalid(`${at}.path`, path, `cannot end with '${suffix}'`));
      break;
    case 'ImplementationSpecific':
      if (path !== '' && !isAbsolute) errors.push(invalid(`${at}.path`, path, 'must be an absolute path'));
      break;
    default:
      errors.push(notSupported(`${at}.pathType`, pathType, PATH_TYPES));
  }
  return [...errors, ...validateBackend(backend, `${at}.backend`)];
}

function validateBackend({ service, resource }: IngressBackend, at: string): FieldError[] {
  if (service !== undefined && resource !== undefined)
    return [invalid(at, '', 'cannot set both resource and service backends')];
  if (resource !== undefined) return validateReference(resource, `${at}.resource`);
  if (service === undefined) return [invalid(at, '', 'resource or service backend is required')];
  const errors =
    service.name === ''
      ? [required(`${at}.service.name`)]
      : invalidEach(`${at}.service.name`, service.name, dns1035Label(service.name));
  const { name = '', number = 0 } = service.port ?? {};
  if (name !== '' && number !== 0) errors.push(invalid(at, '', 'cannot set both port name & port number'));
  else if (name !== '') errors.push(...invalidEach(`${at}.service.port.name`, name, portName(name)));
  else if (number !== 0) errors.push(...invalidEach(`${at}.service.port.number`, number, portNumber(number)));
  else errors.push(required(at, 'port name or number is required'));
  return errors;
}

function validateReference(
  { apiGroup, kind, name }: { apiGroup?: string; kind: string; name: string },
  at: string,
): FieldError[] {
  const segment = (field: string, value: string): FieldError[] =>
    value === '' ? [required(`${at}.${field}`)] : invalidEach(`${at}.${field}`, value, pathSegment(value));
  return [
    ...(apiGroup === undefined ? [] : invalidEach(`${at}.apiGroup`, apiGroup, dns1123Subdomain(apiGroup))),
    ...segment('kind', kind),
    ...segment('name', name),
  ];
}

export function validateIngressClassSpec({ spec }: IngressClass): FieldError[] {
  const controller = spec.controller ?? '';
  const errors =
    Buffer.byteLength(controller) > MAX_CONTROLLER_BYTES
      ? [tooLong('spec.controller', MAX_CONTROLLER_BYTES)]
      : [];
  errors.push(...validateController(controller));
  const { parameters } = spec;
  if (parameters === undefined) return errors;
  const at = 'spec.parameters';
  errors.push(...validateReference(parameters, at));
  const { scope, namespace } = parameters;
  if (scope === undefined) errors.push(required(`${at}.scope`));
  else if (scope !== 'Namespace' && scope !== 'Cluster')
    errors.push(notSupported(`${at}.scope`, scope, ['Cluster', 'Namespace']));
  else if (scope === 'Cluster') {
    if (namespace !== undefined)
      errors.push(forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  } else if (namespace === undefined)
    errors.push(required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  else errors.push(...invalidEach(`${at}.namespace`, namespace, dns1123Label(namespace)));
  return errors;
}

/** A domain-prefixed path, such as `example.com/controller`. */
function validateController(controller: string): FieldError[] {
  const at = 'spec.controller';
  if (controller === '') return [required(at)];
  const slash = controller.indexOf('/');
  const [host, path] = [controller.slice(0, Math.max(slash, 0)), controller.slice(slash + 1)];
  if (host === '' || path === '')
    return [invalid(at, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = invalidEach(at, host, dns1123Subdomain(host));
  if (!new RegExp(`^${HTTP_PATH}$`).test(path))
    errors.push(invalid(at, path, `Invalid path (regex used for validation is '${HTTP_PATH}')`));
  return errors;
}
