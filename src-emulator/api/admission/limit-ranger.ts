/** The LimitRanger admission plugin: default requests and limits, and what is too little or too much. */
import type { WriteContext } from '../kind-definition.ts';
import type { Container, KubeObject, LimitRange, PersistentVolumeClaim, Pod } from '../objects.ts';
import {
  groupResource,
  LIMIT_RANGES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  type ResourceType,
} from '../resources.ts';
import { forbidden } from '../status.ts';
import { compareQuantities, quantityNumber } from '../validation/quantity.ts';
import { podResources, type ResourceList } from './pod-resources.ts';

type Limit = LimitRange['spec']['limits'][number];
interface Amounts {
  requests: ResourceList;
  limits: ResourceList;
}

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** Gives containers the requests and limits that they do not set themselves, and says so in an annotation. */
export function applyLimitRanges(pod: Pod, context: Pick<WriteContext, 'list'>): void {
  for (const { spec } of context.list(LIMIT_RANGES, pod.metadata.namespace ?? '')) {
    const limits = spec.limits.filter(({ type }) => type === 'Container');
    const defaults: Amounts = {
      requests: Object.assign({}, ...limits.map(({ defaultRequest }) => defaultRequest)) as ResourceList,
      limits: Object.assign({}, ...limits.map((limit) => limit.default)) as ResourceList,
    };
    const told = [
      ...pod.spec.containers.flatMap((container) => applyDefaults(container, defaults, 'container')),
      ...(pod.spec.initContainers ?? []).flatMap((container) =>
        applyDefaults(container, defaults, 'init container'),
      ),
    ];
    if (told.length > 0)
      pod.metadata.annotations = {
        ...pod.metadata.annotations,
        [ANNOTATION]: `LimitRanger plugin set: ${told.join('; ')}`,
      };
  }
}

function applyDefaults(container: Container, defaults: Amounts, what: string): string[] {
  const resources = (container.resources ??= {});
  return (['requests', 'limits'] as const).flatMap((part) => {
    const missing = Object.keys(defaults[part]).filter((name) => resources[part]?.[name] === undefined);
    if (missing.length === 0) return [];
    resources[part] = { ...defaults[part], ...resources[part] };
    return [`${missing.sort().join(', ')} ${part.slice(0, -1)} for ${what} ${container.name}`];
  });
}

/** @throws ApiError 403 for a pod or a claim that a LimitRange of its namespace does not allow. */
export function checkLimitRanges(
  type: ResourceType,
  object: KubeObject,
  context: Pick<WriteContext, 'list'>,
): void {
  const resource = groupResource(type);
  if (resource !== groupResource(PODS) && resource !== groupResource(PERSISTENT_VOLUME_CLAIMS)) return;
  const { name, namespace = '' } = object.metadata;
  for (const { spec } of context.list(LIMIT_RANGES, namespace)) {
    const errors = spec.limits.flatMap((limit) =>
      resource === groupResource(PODS)
        ? podErrors(limit, object as Pod)
        : claimErrors(limit, object as PersistentVolumeClaim),
    );
    const unique = [...new Set(errors)];
    if (unique.length > 0)
      throw forbidden(type, name, unique.length === 1 ? unique.join('') : `[${unique.join(', ')}]`);
  }
}

function podErrors(limit: Limit, { spec }: Pod): string[] {
  if (limit.type === 'Pod')
    return boundErrors(limit, {
      requests: podResources(spec, 'requests'),
      limits: podResources(spec, 'limits'),
    });
  if (limit.type !== 'Container') return [];
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    boundErrors(limit, { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }),
  );
}

function boundErrors(limit: Limit, amounts: Amounts): string[] {
  return [
    ...Object.entries(limit.min ?? {}).flatMap(([name, least]) => minError(limit.type, name, least, amounts)),
    ...Object.entries(limit.max ?? {}).flatMap(([name, most]) => maxError(limit.type, name, most, amounts)),
    ...Object.entries(limit.maxLimitRequestRatio ?? {}).flatMap(([name, ratio]) =>
      ratioError(limit.type, name, ratio, amounts),
    ),
  ];
}

/** Only what is requested counts for a claim. */
function claimErrors(limit: Limit, { spec }: PersistentVolumeClaim): string[] {
  if (limit.type !== 'PersistentVolumeClaim') return [];
  const requests = spec.resources?.requests ?? {};
  return [
    ...Object.entries(limit.min ?? {}).flatMap(([name, least]) =>
      minError(limit.type, name, least, { requests, limits: {} }),
    ),
    ...Object.entries(limit.max ?? {}).flatMap(([name, most]) => {
      const usage = `maximum ${name} usage per ${limit.type} is ${most}`;
      const request = requests[name];
      if (request === undefined) return [`${usage}.  No request is specified`];
      return compareQuantities(request, most) > 0 ? [`${usage}, but request is ${request}`] : [];
    }),
  ];
}

function minError(type: string, name: string, least: string, { requests, limits }: Amounts): string[] {
  const usage = `minimum ${name} usage per ${type} is ${least}`;
  const [request, limit] = [requests[name], limits[name]];
  if (request === undefined) return [`${usage}.  No request is specified`];
  if (compareQuantities(request, least) < 0) return [`${usage}, but request is ${request}`];
  return limit !== undefined && compareQuantities(limit, least) < 0
    ? [`${usage}, but limit is ${limit}`]
    : [];
}

function maxError(type: string, name: string, most: string, { requests, limits }: Amounts): string[] {
  const usage = `maximum ${name} usage per ${type} is ${most}`;
  const [request, limit] = [requests[name], limits[name]];
  if (limit === undefined) return [`${usage}.  No limit is specified`];
  if (compareQuantities(limit, most) > 0) return [`${usage}, but limit is ${limit}`];
  return request !== undefined && compareQuantities(request, most) > 0
    ? [`${usage}, but request is ${request}`]
    : [];
}

function ratioError(type: string, name: string, most: string, { requests, limits }: Amounts): string[] {
  const text = `${name} max limit to request ratio per ${type} is ${most}`;
  const [request, limit] = [quantityNumber(requests[name]), quantityNumber(limits[name])];
  if (request === 0) return [`${text}, but no request is specified or request is 0`];
  if (limit === 0) return [`${text}, but no limit is specified or limit is 0`];
  const ratio = limit / request;
  return ratio > quantityNumber(most) ? [`${text}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}
