/** Validation of containers: names, ports, environment, mounts, resources. */
import type { FieldError } from '../kind-definition.ts';
import type { EnvVar } from '../objects.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notFound,
  notSupported,
  oneOf,
  required,
} from '../validation/errors.ts';
import {
  configMapKey,
  dns1123Label,
  dns1123Subdomain,
  environmentVariableName,
  portName,
  portNumber,
  qualifiedName,
} from '../validation/names.ts';
import { parseQuantity } from '../validation/quantity.ts';
import type { FullContainer, FullPodSpec } from './pod-spec-types.ts';
import { validateHandler, validateProbe } from './probe-validation.ts';
import { validateRelativePath } from './volume-validation.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

/** Fields that an environment variable can take its value from. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
/** Fields that the downward API knows at all (pkg/apis/core/pods/helpers.go). */
const KNOWN_FIELDS = new Set([
  ...ENV_FIELDS,
  'metadata.annotations',
  'metadata.labels',
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);

export function validateContainers(
  containers: FullContainer[],
  volumes: ReadonlySet<string>,
  grace: number,
  field: string,
): FieldError[] {
  if (containers.length === 0) return [required(field)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, container] of containers.entries()) {
    const at = `${field}[${index}]`;
    errors.push(...validateCommon(container, volumes, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    errors.push(...validateLifecycleAndProbes(container, grace, at));
  }
  errors.push(...hostPortConflicts(containers, field));
  return errors;
}

export function validateInitContainers(
  spec: FullPodSpec,
  volumes: ReadonlySet<string>,
  grace: number,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set(spec.containers.map(({ name }) => name));
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const at = `${field}[${index}]`;
    errors.push(...validateCommon(container, volumes, at));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    else if (container.name !== '') names.add(container.name);
    errors.push(...hostPortConflicts([container], field));
    if (container.restartPolicy === 'Always')
      errors.push(...validateLifecycleAndProbes(container, grace, at));
    else
      for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
        if (container[key] !== undefined)
          errors.push(
            forbidden(`${at}.${key}`, 'may not be set for init containers without restartPolicy=Always'),
          );
  }
  return errors;
}

function validateLifecycleAndProbes(container: FullContainer, grace: number, at: string): FieldError[] {
  const { lifecycle } = container;
  return [
    ...(lifecycle?.postStart === undefined
      ? []
      : validateHandler(lifecycle.postStart, grace, `${at}.lifecycle.postStart`)),
    ...(lifecycle?.preStop === undefined
      ? []
      : validateHandler(lifecycle.preStop, grace, `${at}.lifecycle.preStop`)),
    ...validateProbe('liveness', container.livenessProbe, grace, `${at}.livenessProbe`),
    ...validateProbe('readiness', container.readinessProbe, grace, `${at}.readinessProbe`),
    ...validateProbe('startup', container.startupProbe, grace, `${at}.startupProbe`),
  ];
}

function validateCommon(container: FullContainer, volumes: ReadonlySet<string>, at: string): FieldError[] {
  const { name, image = '' } = container;
  const errors: FieldError[] = [
    ...(name === '' ? [required(`${at}.name`)] : invalidEach(`${at}.name`, name, dns1123Label(name))),
  ];
  if (image === '') errors.push(required(`${at}.image`));
  errors.push(
    ...oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, MESSAGE_POLICIES),
    ...validatePorts(container.ports, `${at}.ports`),
    ...(container.env ?? []).flatMap((variable, index) => validateEnv(variable, `${at}.env[${index}]`)),
    ...validateEnvFrom(container.envFrom, `${at}.envFrom`),
    ...validateMounts(container.volumeMounts, volumes, `${at}.volumeMounts`),
    ...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES),
    ...validateResources(container.resources, `${at}.resources`),
  );
  return errors;
}

/** The rule on spaces around an image name, which is checked for pods only, after everything else. */
export function validateImageSpaces(spec: FullPodSpec): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((key) =>
    (spec[key] ?? []).flatMap(({ image = '' }, index) =>
      image.trim() === image
        ? []
        : [invalid(`spec.${key}[${index}].image`, image, 'must not have leading or trailing whitespace')],
    ),
  );
}

function validatePorts(ports: FullContainer['ports'], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, port] of (ports ?? []).entries()) {
    const at = `${field}[${index}]`;
    const { name = '', containerPort, hostPort = 0 } = port;
    if (name !== '') {
      const problems = portName(name);
      if (problems.length > 0) errors.push(...invalidEach(`${at}.name`, name, problems));
      else if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
      else names.add(name);
    }
    if (containerPort === 0) errors.push(required(`${at}.containerPort`));
    else errors.push(...invalidEach(`${at}.containerPort`, containerPort, portNumber(containerPort)));
    if (hostPort !== 0) errors.push(...invalidEach(`${at}.hostPort`, hostPort, portNumber(hostPort)));
    errors.push(...oneOf(`${at}.protocol`, port.protocol, PROTOCOLS));
  }
  return errors;
}

function hostPortConflicts(containers: FullContainer[], field: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ protocol = 'TCP', hostIP = '', hostPort = 0 }, portIndex) => {
      if (hostPort === 0) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicate(`${field}[${index}].ports[${portIndex}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

function validateEnv(variable: EnvVar, at: string): FieldError[] {
  const { name, value = '', valueFrom } = variable;
  const errors =
    name === '' ? [required(`${at}.name`)] : invalidEach(`${at}.name`, name, environmentVariableName(name));
  if (valueFrom === undefined) return errors;
  const from = `${at}.valueFrom`;
  if (valueFrom.fieldRef !== undefined)
    errors.push(...validateFieldRef(valueFrom.fieldRef.fieldPath, `${from}.fieldRef`));
  for (const key of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference: { name?: string; key?: string } | undefined = valueFrom[key];
    if (reference === undefined) continue;
    const { name: target = '', key: entry = '' } = reference;
    errors.push(...invalidEach(`${from}.${key}.name`, target, dns1123Subdomain(target)));
    if (entry === '') errors.push(required(`${from}.${key}.key`));
    else errors.push(...invalidEach(`${from}.${key}.key`, entry, configMapKey(entry)));
  }
  const sources = Object.keys(valueFrom).length;
  if (sources === 0)
    errors.push(
      invalid(
        from,
        '',
        'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
      ),
    );
  else if (value !== '') errors.push(invalid(from, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1)
    errors.push(invalid(from, '', 'may not have more than one field specified at a time'));
  return errors;
}

function validateFieldRef(fieldPath: string, at: string): FieldError[] {
  if (fieldPath === '') return [required(`${at}.fieldPath`)];
  const subscript = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/.exec(fieldPath);
  if (subscript?.[2] !== undefined) {
    const key = subscript[1] === 'metadata.annotations' ? subscript[2].toLowerCase() : subscript[2];
    return invalidEach(at, key, qualifiedName(key));
  }
  if (!KNOWN_FIELDS.has(fieldPath))
    return [
      invalid(
        `${at}.fieldPath`,
        fieldPath,
        `error converting fieldPath: field label not supported: ${fieldPath}`,
      ),
    ];
  return ENV_FIELDS.includes(fieldPath) ? [] : [notSupported(`${at}.fieldPath`, fieldPath, ENV_FIELDS)];
}

function validateEnvFrom(sources: FullContainer['envFrom'], field: string): FieldError[] {
  return (sources ?? []).flatMap((source, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if ((source.prefix ?? '') !== '')
      errors.push(
        ...invalidEach(`${at}.prefix`, source.prefix, environmentVariableName(source.prefix ?? '')),
      );
    const references = (['configMapRef', 'secretRef'] as const).filter((key) => source[key] !== undefined);
    for (const key of references) {
      const name = source[key]?.name ?? '';
      if (name === '') errors.push(required(`${at}.${key}.name`));
      else errors.push(...invalidEach(`${at}.${key}.name`, name, dns1123Subdomain(name)));
    }
    if (references.length === 0)
      errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (references.length > 1)
      errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}

function validateMounts(
  mounts: FullContainer['volumeMounts'],
  volumes: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  for (const [index, { name, mountPath, subPath = '' }] of (mounts ?? []).entries()) {
    const at = `${field}[${index}]`;
    if (name === '') errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (subPath !== '') errors.push(...validateRelativePath(subPath, `${field}.subPath`));
  }
  return errors;
}

function validateResources(resources: FullContainer['resources'], at: string): FieldError[] {
  const errors: FieldError[] = [];
  const { limits = {}, requests = {} } = resources ?? {};
  for (const [name, text] of Object.entries(limits))
    errors.push(...validateResource(name, text, `${at}.limits[${name}]`));
  for (const [name, text] of Object.entries(requests)) {
    errors.push(...validateResource(name, text, `${at}.requests[${name}]`));
    const limit = limits[name];
    const [asked, most] = [
      parseQuantity(text)?.nanos,
      limit === undefined ? undefined : parseQuantity(limit)?.nanos,
    ];
    if (asked === undefined || most === undefined) continue;
    if (asked > most)
      errors.push(
        invalid(`${at}.requests`, text, `must be less than or equal to ${name} limit of ${limit ?? ''}`),
      );
  }
  return errors;
}

const STANDARD_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

function validateResource(name: string, text: string, field: string): FieldError[] {
  const errors = invalidEach(field, name, qualifiedName(name));
  const isStandard = STANDARD_RESOURCES.includes(name) || name.startsWith('hugepages-');
  if (errors.length === 0 && !name.includes('/') && !isStandard)
    errors.push(
      invalid(field, name, 'must be a standard resource type or fully qualified'),
      invalid(field, name, 'must be a standard resource for containers'),
    );
  if ((parseQuantity(text)?.nanos ?? 0n) < 0n)
    errors.push(invalid(field, text, 'must be greater than or equal to 0'));
  return errors;
}
