/** Validation of containers: names, ports, environment, mounts, resources. */
import type { FieldError } from '../kind-definition.ts';
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
import { dns1123Label, portName, portNumber } from '../validation/names.ts';
import { validateRelativePath } from '../validation/paths.ts';
import { validateEnv, validateEnvFrom } from './environment-validation.ts';
import type { FullContainer, FullPodSpec, FullVolume, VolumeMount } from './pod-spec-types.ts';
import { validateHandler, validateProbe } from './probe-validation.ts';
import { validateResourceRequirements } from './resource-requirements.ts';
import { validateSecurityContext } from './security-context-validation.ts';

const DEFAULT_GRACE_SECONDS = 30;
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

const MOUNT_PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE_MODES = ['Disabled', 'Enabled', 'IfPossible'];
const NOT_IN_EPHEMERAL = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
] as const;

type Volumes = ReadonlyMap<string, FullVolume>;

export function validateContainers(spec: FullPodSpec, volumes: Volumes, at: string): FieldError[] {
  const field = `${at}.containers`;
  if (spec.containers.length === 0) return [required(field)];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, container] of spec.containers.entries()) {
    const place = `${field}[${index}]`;
    errors.push(...validateCommon(container, spec, volumes, place));
    if (names.has(container.name)) errors.push(duplicate(`${place}.name`, container.name));
    names.add(container.name);
    errors.push(...validateLifecycleAndProbes(container, spec, place));
    if (container.restartPolicy !== undefined)
      errors.push(forbidden(`${place}.restartPolicy`, 'may not be set for non-init containers'));
  }
  return [...errors, ...hostPortConflicts(spec.containers, field)];
}

export function validateInitContainers(spec: FullPodSpec, volumes: Volumes, at: string): FieldError[] {
  const field = `${at}.initContainers`;
  const errors: FieldError[] = [];
  const names = new Set(spec.containers.map(({ name }) => name));
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const place = `${field}[${index}]`;
    errors.push(...validateCommon(container, spec, volumes, place));
    if (container.restartPolicy !== undefined && container.restartPolicy !== 'Always')
      errors.push(notSupported(`${place}.restartPolicy`, container.restartPolicy, ['Always']));
    if (names.has(container.name)) errors.push(duplicate(`${place}.name`, container.name));
    else if (container.name !== '') names.add(container.name);
    errors.push(...hostPortConflicts([container], field));
    if (container.restartPolicy === 'Always')
      errors.push(...validateLifecycleAndProbes(container, spec, place));
    else
      for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
        if (container[key] !== undefined)
          errors.push(
            forbidden(`${place}.${key}`, 'may not be set for init containers without restartPolicy=Always'),
          );
  }
  return errors;
}

export function validateEphemeralContainers(spec: FullPodSpec, volumes: Volumes, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const others = new Set([...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  for (const [index, container] of (spec.ephemeralContainers ?? []).entries()) {
    const place = `${at}.ephemeralContainers[${index}]`;
    const { name, targetContainerName = '' } = container;
    errors.push(...validateCommon(container, spec, volumes, place), ...validateImageSpaces(container, place));
    if (names.has(name)) errors.push(duplicate(`${place}.name`, name));
    names.add(name);
    if (targetContainerName !== '' && !others.has(targetContainerName))
      errors.push(notFound(`${place}.targetContainerName`, targetContainerName));
    for (const key of NOT_IN_EPHEMERAL)
      if (container[key] !== undefined && Object.keys(container[key]).length > 0)
        errors.push(forbidden(`${place}.${key}`, 'cannot be set for an Ephemeral Container'));
    for (const [mountIndex, mount] of (container.volumeMounts ?? []).entries())
      for (const key of ['subPath', 'subPathExpr'] as const)
        if ((mount[key] ?? '') !== '')
          errors.push(
            forbidden(
              `${place}.volumeMounts[${mountIndex}].${key}`,
              'cannot be set for an Ephemeral Container',
            ),
          );
  }
  return errors;
}

function validateLifecycleAndProbes(container: FullContainer, spec: FullPodSpec, at: string): FieldError[] {
  const { lifecycle } = container;
  const grace = spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
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

function validateCommon(
  container: FullContainer,
  spec: FullPodSpec,
  volumes: Volumes,
  at: string,
): FieldError[] {
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
    ...validateMounts(container, volumes, `${at}.volumeMounts`),
    ...validateDevices(container, volumes, `${at}.volumeDevices`),
    ...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES),
    ...validateResourceRequirements(container.resources ?? {}, `${at}.resources`),
    ...validateResizePolicy(container, spec.restartPolicy ?? '', `${at}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, spec.hostUsers !== false, `${at}.securityContext`),
  );
  return errors;
}

/** The rule on spaces around an image name, which templates do not have. */
export function validateImageSpaces({ image = '' }: FullContainer, at: string): FieldError[] {
  return image.trim() === image
    ? []
    : [invalid(`${at}.image`, image, 'must not have leading or trailing whitespace')];
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

/** @param volumes what can be mounted, by name */
function validateMounts(container: FullContainer, volumes: Volumes, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  const devices = container.volumeDevices ?? [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${field}[${index}]`;
    const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount;
    if (name === '') errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (devices.some((device) => device.name === name))
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    if (devices.some((device) => device.devicePath === mountPath))
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'));
    if (subPath !== '') errors.push(...validateRelativePath(subPath, `${field}.subPath`));
    if (subPathExpr !== '') {
      if (subPath !== '')
        errors.push(
          invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
        );
      errors.push(...validateRelativePath(subPathExpr, `${field}.subPathExpr`));
    }
    errors.push(...validateMountOptions(mount, container, field));
  }
  return errors;
}

function validateMountOptions(mount: VolumeMount, container: FullContainer, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const { mountPropagation, recursiveReadOnly } = mount;
  if (mountPropagation !== undefined) {
    const at = `${field}.mountPropagation`;
    if (!MOUNT_PROPAGATIONS.includes(mountPropagation))
      errors.push(notSupported(at, mountPropagation, MOUNT_PROPAGATIONS));
    if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true)
      errors.push(
        forbidden(at, 'Bidirectional mount propagation is available only to privileged containers'),
      );
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return errors;
  const at = `${field}.recursiveReadOnly`;
  if (!RECURSIVE_MODES.includes(recursiveReadOnly))
    return [...errors, notSupported(at, recursiveReadOnly, RECURSIVE_MODES)];
  if (mount.readOnly !== true) errors.push(forbidden(at, 'may only be specified when readOnly is true'));
  if (mountPropagation !== undefined && mountPropagation !== 'None')
    errors.push(forbidden(at, 'may only be specified when mountPropagation is None or not specified'));
  return errors;
}

function validateDevices(container: FullContainer, volumes: Volumes, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const [names, paths] = [new Set<string>(), new Set<string>()];
  const mounts = container.volumeMounts ?? [];
  for (const [index, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const at = `${field}[${index}]`;
    const volume = volumes.get(name);
    if (name === '') errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(`${at}.name`, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined)
      errors.push(
        invalid(
          `${at}.name`,
          name,
          'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode',
        ),
      );
    if (devicePath === '') errors.push(required(`${at}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'));
    if (devicePath.split('/').includes('..'))
      errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name))
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'));
    if (mounts.some((mount) => mount.mountPath === devicePath))
      errors.push(
        invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'),
      );
    if (name !== '') names.add(name);
  }
  return errors;
}

function validateResizePolicy(
  container: FullContainer,
  podRestartPolicy: string,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const resources = new Set<string>();
  for (const [index, { resourceName = '', restartPolicy = '' }] of (container.resizePolicy ?? []).entries()) {
    if (resources.has(resourceName)) errors.push(duplicate(`${field}[${index}]`, resourceName));
    resources.add(resourceName);
    errors.push(
      ...oneOf(field, resourceName, ['cpu', 'memory']),
      ...oneOf(field, restartPolicy, ['NotRequired', 'RestartContainer']),
    );
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(invalid(field, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
  }
  return errors;
}
