/** What an object uses up of a ResourceQuota (k8s.io/kubernetes/pkg/quota/v1/evaluator/core). */
import { qosClassOf } from '../kinds/qos.ts';
import type { KubeObject, PersistentVolumeClaim, Pod, PodSpec, ResourceQuota, Service } from '../objects.ts';
import { groupResource, PERSISTENT_VOLUME_CLAIMS, PODS, SERVICES, type ResourceType } from '../resources.ts';
import { COUNTED_BY_NAME } from '../validation/resource-names.ts';
import { podResources, type ResourceList } from './pod-resources.ts';

const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
/** Names that a container has to set where a quota counts them. */
const REQUIRED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** What one object of a kind counts for. */
export function usageOf(type: ResourceType, object: KubeObject): ResourceList {
  const resource = groupResource(type);
  const usage: ResourceList = { [`count/${resource}`]: '1' };
  switch (resource) {
    case groupResource(PODS):
      return { ...usage, ...podUsage(object as Pod) };
    case groupResource(SERVICES):
      return { ...usage, ...serviceUsage(object as Service) };
    case groupResource(PERSISTENT_VOLUME_CLAIMS):
      return { ...usage, ...claimUsage(object as PersistentVolumeClaim) };
    default:
      return COUNTED_BY_NAME.includes(resource) ? { ...usage, [resource]: '1' } : usage;
  }
}

/** A pod that has ended is only counted as an object. */
function podUsage({ spec, status, metadata }: Pod): ResourceList {
  const ended = status.phase === 'Succeeded' || status.phase === 'Failed';
  const overdue = metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0;
  if (ended || overdue) return {};
  return { pods: '1', ...computeUsage(podResources(spec, 'requests'), podResources(spec, 'limits')) };
}

function computeUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage: ResourceList = {};
  for (const [name, amount] of Object.entries(requests)) {
    if (COMPUTE.includes(name) || name.startsWith('hugepages-')) usage[name] = amount;
    usage[`requests.${name}`] = amount;
  }
  for (const name of COMPUTE) {
    const limit = limits[name];
    if (limit !== undefined) usage[`limits.${name}`] = limit;
  }
  return usage;
}

function serviceUsage({ spec }: Service): ResourceList {
  const ports = String((spec.ports ?? []).length);
  const nodePorts =
    spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false ? '0' : ports;
  return {
    services: '1',
    'services.nodeports': spec.type === 'NodePort' || spec.type === 'LoadBalancer' ? nodePorts : '0',
    'services.loadbalancers': spec.type === 'LoadBalancer' ? '1' : '0',
  };
}

function claimUsage({ spec }: PersistentVolumeClaim): ResourceList {
  const { storageClassName = '' } = spec;
  const size = spec.resources?.requests?.['storage'];
  const prefix = `${storageClassName}${CLASS_SUFFIX}`;
  return {
    persistentvolumeclaims: '1',
    ...(size === undefined ? {} : { 'requests.storage': size }),
    ...(storageClassName === '' ? {} : { [`${prefix}persistentvolumeclaims`]: '1' }),
    ...(storageClassName === '' || size === undefined ? {} : { [`${prefix}requests.storage`]: size }),
  };
}

/** Those of a quota's resources that objects of this kind count for at all. */
export function resourcesOfKind(type: ResourceType, hard: ResourceList): string[] {
  const resource = groupResource(type);
  return Object.keys(hard).filter((name) => {
    if (name === `count/${resource}`) return true;
    switch (resource) {
      case groupResource(PODS):
        return (
          name === 'pods' ||
          COMPUTE.some((each) => name === each || name === `requests.${each}` || name === `limits.${each}`) ||
          name.startsWith('hugepages-') ||
          name.startsWith('requests.hugepages-') ||
          /^requests\..*\//.test(name)
        );
      case groupResource(SERVICES):
        return name === 'services' || name.startsWith('services.');
      case groupResource(PERSISTENT_VOLUME_CLAIMS):
        return (
          name === 'persistentvolumeclaims' || name === 'requests.storage' || name.includes(CLASS_SUFFIX)
        );
      default:
        return name === resource && COUNTED_BY_NAME.includes(resource);
    }
  });
}

/** Whether an object falls under a quota's scopes. Only pods have scopes: nothing else falls under a scoped quota. */
export function inScope({ spec }: ResourceQuota, type: ResourceType, object: KubeObject): boolean {
  const requirements = [
    ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: [] as string[] })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ];
  if (requirements.length === 0) return true;
  if (groupResource(type) !== groupResource(PODS)) return false;
  return requirements.every((requirement) => matchesScope((object as Pod).spec, requirement));
}

function matchesScope(
  spec: PodSpec & { activeDeadlineSeconds?: number; priorityClassName?: string },
  { scopeName, operator, values = [] }: { scopeName: string; operator: string; values?: string[] },
): boolean {
  const { priorityClassName = '' } = spec;
  switch (scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort';
    case 'PriorityClass':
      if (operator === 'In') return values.includes(priorityClassName);
      if (operator === 'NotIn') return !values.includes(priorityClassName);
      return (operator === 'Exists') === (priorityClassName !== '');
    default:
      return false;
  }
}

/** What a pod's containers leave out though a quota counts it, in the server's words; undefined when nothing. */
export function missingResources(spec: PodSpec, counted: readonly string[]): string | undefined {
  const missing = new Map<string, string[]>();
  const required = counted.filter((name) => REQUIRED.includes(name)).sort();
  for (const { name, resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const usage = computeUsage(resources?.requests ?? {}, resources?.limits ?? {});
    for (const resource of required)
      if (usage[resource] === undefined) missing.set(resource, [...(missing.get(resource) ?? []), name]);
  }
  if (missing.size === 0) return undefined;
  const parts = [...missing].sort().map(([resource, names]) => `${resource} for: ${names.sort().join(',')}`);
  return `must specify ${parts.join('; ')}`;
}
