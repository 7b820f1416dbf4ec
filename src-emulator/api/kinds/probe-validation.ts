/** Validation of probes and lifecycle hooks. */
import type { FieldError } from '../kind-definition.ts';
import {
  forbidden,
  invalid,
  invalidEach,
  nonNegative,
  notSupported,
  required,
} from '../validation/errors.ts';
import { httpHeaderName } from '../validation/names.ts';
import { validatePortNumberOrName } from '../validation/network.ts';
import type { FullProbe, LifecycleHandler } from './pod-spec-types.ts';

type Handler = LifecycleHandler & Pick<FullProbe, 'grpc'>;

const SCHEMES = ['HTTP', 'HTTPS'];

export function validateHandler(handler: Handler, grace: number, at: string): FieldError[] {
  const checks: [key: string, check: () => FieldError[]][] = [];
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec !== undefined)
    checks.push(['exec', () => ((exec.command ?? []).length === 0 ? [required(`${at}.exec.command`)] : [])]);
  if (httpGet !== undefined) checks.push(['httpGet', () => validateHttpGet(httpGet, `${at}.httpGet`)]);
  if (tcpSocket !== undefined)
    checks.push(['tcpSocket', () => validatePortNumberOrName(`${at}.tcpSocket.port`, tcpSocket.port)]);
  if (grpc !== undefined) checks.push(['grpc', () => validatePortNumberOrName(`${at}.grpc.port`, grpc.port)]);
  if (sleep !== undefined)
    checks.push([
      'sleep',
      () =>
        sleep.seconds < 0 || sleep.seconds > grace
          ? [
              invalid(
                `${at}.sleep`,
                sleep.seconds,
                `must be non-negative and less than terminationGracePeriodSeconds (${grace})`,
              ),
            ]
          : [],
    ]);
  if (checks.length === 0) return [required(at, 'must specify a handler type')];
  return checks.flatMap(([key, check], index) =>
    index === 0 ? check() : [forbidden(`${at}.${key}`, 'may not specify more than 1 handler type')],
  );
}

function validateHttpGet(action: NonNullable<FullProbe['httpGet']>, at: string): FieldError[] {
  return [
    ...((action.path ?? '') === '' ? [required(`${at}.path`)] : []),
    ...validatePortNumberOrName(`${at}.port`, action.port),
    ...(SCHEMES.includes(action.scheme ?? '')
      ? []
      : [notSupported(`${at}.scheme`, action.scheme ?? '', SCHEMES)]),
    ...(action.httpHeaders ?? []).flatMap(({ name }) =>
      invalidEach(`${at}.httpHeaders`, name, httpHeaderName(name)),
    ),
  ];
}

export function validateProbe(
  kind: 'liveness' | 'readiness' | 'startup',
  probe: FullProbe | undefined,
  grace: number,
  at: string,
): FieldError[] {
  if (probe === undefined) return [];
  const errors = validateHandler(probe, grace, at);
  for (const key of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const)
    errors.push(...nonNegative(`${at}.${key}`, probe[key]));
  const seconds = probe.terminationGracePeriodSeconds;
  if (seconds !== undefined && seconds <= 0)
    errors.push(invalid(`${at}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0'));
  if (kind === 'readiness') {
    if (seconds !== undefined)
      errors.push(
        invalid(`${at}.terminationGracePeriodSeconds`, seconds, 'must not be set for readinessProbes'),
      );
  } else if (probe.successThreshold !== 1)
    errors.push(invalid(`${at}.successThreshold`, probe.successThreshold, 'must be 1'));
  return errors;
}
