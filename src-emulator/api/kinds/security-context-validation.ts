/** Validation of what a pod and its containers may do on their node (pkg/apis/core/validation/validation.go). */
import type { FieldError } from '../kind-definition.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  required,
  tooLong,
} from '../validation/errors.ts';
import { inclusiveRange } from '../validation/names.ts';
import { validateRelativePath } from '../validation/paths.ts';

interface Profile {
  type?: string;
  localhostProfile?: string;
}

interface WindowsOptions {
  gmsaCredentialSpecName?: string;
  gmsaCredentialSpec?: string;
  runAsUserName?: string;
  hostProcess?: boolean;
}

export interface SecurityContext {
  privileged?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  procMount?: string;
  seccompProfile?: Profile;
  appArmorProfile?: Profile;
  allowPrivilegeEscalation?: boolean;
  capabilities?: { add?: string[]; drop?: string[] };
  windowsOptions?: WindowsOptions;
}

export interface PodSecurityContext {
  fsGroup?: number;
  runAsUser?: number;
  runAsGroup?: number;
  supplementalGroups?: number[];
  sysctls?: { name?: string; value?: string }[];
  fsGroupChangePolicy?: string;
  supplementalGroupsPolicy?: string;
  seLinuxChangePolicy?: string;
  seccompProfile?: Profile;
  appArmorProfile?: Profile;
  windowsOptions?: WindowsOptions;
}

const MAX_ID = 2 ** 31 - 1;
const SYSCTL_MAX_LENGTH = 253;
const SYSCTL_PART = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_PATTERN = `^(${SYSCTL_PART}[\\./])*${SYSCTL_PART}$`;
const SYSCTL = new RegExp(SYSCTL_PATTERN);
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const MAX_PROFILE_LENGTH = 4095;

export function validateSecurityContext(
  context: SecurityContext | undefined,
  hostUsers: boolean,
  at: string,
): FieldError[] {
  if (context === undefined) return [];
  const { procMount, allowPrivilegeEscalation, privileged } = context;
  const errors = [
    ...validateId(context.runAsUser, `${at}.runAsUser`),
    ...validateId(context.runAsGroup, `${at}.runAsGroup`),
  ];
  if (procMount !== undefined) {
    if (!['Default', 'Unmasked'].includes(procMount))
      errors.push(notSupported(`${at}.procMount`, procMount, ['Default', 'Unmasked']));
    if (hostUsers && procMount === 'Unmasked')
      errors.push(invalid(`${at}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  errors.push(...validateSeccompProfile(context.seccompProfile, `${at}.seccompProfile`));
  if (allowPrivilegeEscalation === false) {
    if (privileged === true)
      errors.push(
        invalid(
          at,
          goSecurityContext({ ...context }),
          'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        ),
      );
    for (const capability of context.capabilities?.add ?? [])
      if (capability === 'CAP_SYS_ADMIN')
        errors.push(
          invalid(
            at,
            goSecurityContext({ ...context }),
            'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
          ),
        );
  }
  return [...errors, ...validateAppArmorProfile(context.appArmorProfile, `${at}.appArmorProfile`)];
}

/** The server prints its internal object, with Go's field names. */
function goSecurityContext(context: SecurityContext & Record<string, unknown>): unknown {
  const shown = (name: string): unknown => context[name] ?? null;
  const { capabilities, seccompProfile, appArmorProfile } = context;
  const profile = (value: Profile | undefined): unknown =>
    value === undefined ? null : { Type: value.type ?? '', LocalhostProfile: value.localhostProfile ?? null };
  return {
    Capabilities:
      capabilities === undefined ? null : { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null },
    Privileged: shown('privileged'),
    SELinuxOptions: shown('seLinuxOptions'),
    WindowsOptions: shown('windowsOptions'),
    RunAsUser: shown('runAsUser'),
    RunAsGroup: shown('runAsGroup'),
    RunAsNonRoot: shown('runAsNonRoot'),
    ReadOnlyRootFilesystem: shown('readOnlyRootFilesystem'),
    AllowPrivilegeEscalation: shown('allowPrivilegeEscalation'),
    ProcMount: shown('procMount'),
    SeccompProfile: profile(seccompProfile),
    AppArmorProfile: profile(appArmorProfile),
  };
}

/** @param pod the fields of the pod's own specification that belong to this */
export function validatePodSecurityContext(
  context: PodSecurityContext | undefined,
  pod: { hostNetwork?: boolean; hostPID?: boolean; hostIPC?: boolean; shareProcessNamespace?: boolean },
  at: string,
): FieldError[] {
  if (context === undefined) return [];
  const errors = [
    ...validateId(context.fsGroup, `${at}.fsGroup`),
    ...validateId(context.runAsUser, `${at}.runAsUser`),
    ...validateId(context.runAsGroup, `${at}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((id, index) =>
      validateId(id, `${at}.supplementalGroups[${index}]`),
    ),
  ];
  if (pod.shareProcessNamespace === true && pod.hostPID === true)
    errors.push(
      invalid(
        `${at}.shareProcessNamespace`,
        true,
        'ShareProcessNamespace and HostPID cannot both be enabled',
      ),
    );
  errors.push(
    ...validateSysctls(context.sysctls ?? [], pod, `${at}.sysctls`),
    ...choice(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], `${at}.fsGroupChangePolicy`),
    ...validateSeccompProfile(context.seccompProfile, `${at}.seccompProfile`),
    ...validateAppArmorProfile(context.appArmorProfile, `${at}.appArmorProfile`),
    ...choice(context.supplementalGroupsPolicy, ['Merge', 'Strict'], `${at}.supplementalGroupsPolicy`),
    ...choice(context.seLinuxChangePolicy, ['MountOption', 'Recursive'], `${at}.seLinuxChangePolicy`),
  );
  return errors;
}

function choice(value: string | undefined, supported: string[], field: string): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function validateId(id: number | undefined, field: string): FieldError[] {
  return id === undefined ? [] : invalidEach(field, id, inclusiveRange(id, 0, MAX_ID));
}

function validateSysctls(
  sysctls: NonNullable<PodSecurityContext['sysctls']>,
  pod: { hostNetwork?: boolean; hostIPC?: boolean },
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, { name = '' }] of sysctls.entries()) {
    const at = `${field}[${index}].name`;
    if (name === '') errors.push(required(at));
    else if (name.length > SYSCTL_MAX_LENGTH || !SYSCTL.test(name))
      errors.push(
        invalid(
          at,
          name,
          `must have at most ${SYSCTL_MAX_LENGTH} characters and match regex ${SYSCTL_PATTERN}`,
        ),
      );
    else if (names.has(name)) errors.push(duplicate(at, name));
    const dotted = name.replaceAll('/', '.');
    if (pod.hostNetwork === true && dotted.startsWith('net.'))
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (pod.hostIPC === true && /^(?:kernel\.(?:sem|shm|msg)|fs\.mqueue\.)/.test(dotted))
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    names.add(name);
  }
  return errors;
}

function validateSeccompProfile(profile: Profile | undefined, at: string): FieldError[] {
  if (profile === undefined) return [];
  const { type = '', localhostProfile } = profile;
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${at}.type`, 'type is required when seccompProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errors.push(notSupported(`${at}.type`, type, PROFILE_TYPES));
  if (type === 'Localhost')
    errors.push(
      ...(localhostProfile === undefined
        ? [required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost')]
        : validateRelativePath(localhostProfile, `${at}.localhostProfile`)),
    );
  else if (localhostProfile !== undefined)
    errors.push(
      invalid(
        `${at}.localhostProfile`,
        { Type: type, LocalhostProfile: localhostProfile },
        'can only be set when seccomp type is Localhost',
      ),
    );
  return errors;
}

function validateAppArmorProfile(profile: Profile | undefined, at: string): FieldError[] {
  if (profile === undefined) return [];
  const { type = '', localhostProfile } = profile;
  const field = `${at}.localhostProfile`;
  switch (type) {
    case 'Localhost': {
      if (localhostProfile === undefined)
        return [required(field, 'must be set when AppArmor type is Localhost')];
      const errors: FieldError[] = [];
      if (localhostProfile.trim() !== localhostProfile)
        errors.push(invalid(field, localhostProfile, 'must not be padded with whitespace'));
      else if (localhostProfile === '')
        errors.push(required(field, 'must be set when AppArmor type is Localhost'));
      if (localhostProfile.length > MAX_PROFILE_LENGTH) errors.push(tooLong(field, MAX_PROFILE_LENGTH));
      return errors;
    }
    case 'RuntimeDefault':
    case 'Unconfined':
      return localhostProfile === undefined
        ? []
        : [invalid(field, localhostProfile, 'can only be set when AppArmor type is Localhost')];
    case '':
      return [required(`${at}.type`, 'type is required when appArmorProfile is set')];
    default:
      return [notSupported(`${at}.type`, type, PROFILE_TYPES)];
  }
}

/** Options of the other operating system that a pod says it is not for. */
export function validateWindowsOptions(
  os: string | undefined,
  contexts: readonly [context: { windowsOptions?: WindowsOptions } | undefined, at: string][],
): FieldError[] {
  if (os !== 'linux') return [];
  return contexts.flatMap(([context, at]) =>
    context?.windowsOptions === undefined
      ? []
      : [forbidden(`${at}.windowsOptions`, 'windows options cannot be set for a linux pod')],
  );
}
