import type { ClusterApi } from '../api/cluster-api.ts';
import type { Container, EnvVar, Pod, Service } from '../api/objects.ts';
import { CONFIG_MAPS, NODES, SECRETS, SERVICES } from '../api/resources.ts';
import { resourceField } from './resource-fields.ts';

/** What the container's configuration refers to and is not there (CreateContainerConfigError). */
export class ContainerConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ContainerConfigError';
  }
}

/**
 * The environment that the kubelet gives a container: service links, then envFrom, then env, later ones winning
 * (k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go).
 * @param podIp the pod's address; it is not yet in its status when the first container starts.
 * @throws ContainerConfigError
 */
export function buildEnvironment(
  api: ClusterApi,
  pod: Pod,
  container: Container,
  addresses: { podIp: string; hostIp: string },
): Readonly<Record<string, string>> {
  const namespace = pod.metadata.namespace ?? '';
  const services = serviceVariables(visibleServices(api, pod));
  const result: Record<string, string> = {};
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const data =
      configMapRef !== undefined
        ? configMapData(api, namespace, configMapRef.name, configMapRef.optional)
        : secretRef === undefined
          ? {}
          : secretData(api, namespace, secretRef.name, secretRef.optional);
    for (const [key, value] of Object.entries(data ?? {})) result[prefix + key] = value;
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(
      { api, pod, container, addresses },
      variable,
      (name) => result[name] ?? services[name],
    );
    if (value !== undefined) result[variable.name] = value;
  }
  return Object.keys(result).length === 0 ? services : { ...services, ...result };
}

interface EnvironmentSource {
  api: ClusterApi;
  pod: Pod;
  container: Container;
  addresses: { podIp: string; hostIp: string };
}

function valueOf(
  { api, pod, container, addresses }: EnvironmentSource,
  { value, valueFrom }: EnvVar,
  lookup: (name: string) => string | undefined,
): string | undefined {
  if (valueFrom === undefined) return expandVariables(value ?? '', lookup);
  const namespace = pod.metadata.namespace ?? '';
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return podField(pod, fieldRef.fieldPath, addresses);
  if (resourceFieldRef !== undefined) {
    const { containerName } = resourceFieldRef;
    const all = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const target = containerName === undefined ? container : all.find(({ name }) => name === containerName);
    if (target === undefined) throw new ContainerConfigError(`container ${containerName ?? ''} not found`);
    return resourceField(resourceFieldRef, target, api.get(NODES, undefined, pod.spec.nodeName ?? ''));
  }
  if (configMapKeyRef !== undefined) {
    const { name, key, optional } = configMapKeyRef;
    const data = configMapData(api, namespace, name, optional);
    if (data === undefined || (data[key] === undefined && optional === true)) return undefined;
    if (data[key] === undefined)
      throw new ContainerConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    return data[key];
  }
  if (secretKeyRef !== undefined) {
    const { name, key, optional } = secretKeyRef;
    const data = secretData(api, namespace, name, optional);
    if (data === undefined || (data[key] === undefined && optional === true)) return undefined;
    if (data[key] === undefined)
      throw new ContainerConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
    return data[key];
  }
  return undefined;
}

function configMapData(
  api: ClusterApi,
  namespace: string,
  name: string,
  optional = false,
): Record<string, string> | undefined {
  const found = api.get(CONFIG_MAPS, namespace, name);
  if (found === undefined && !optional) throw new ContainerConfigError(`configmap "${name}" not found`);
  return found === undefined ? undefined : (found.data ?? {});
}

function secretData(
  api: ClusterApi,
  namespace: string,
  name: string,
  optional = false,
): Record<string, string> | undefined {
  const found = api.get(SECRETS, namespace, name);
  if (found === undefined && !optional) throw new ContainerConfigError(`secret "${name}" not found`);
  if (found === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

/** `$(NAME)` becomes the variable's value, `$$` a dollar sign; what is not known stays as it is written. */
export function expandVariables(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (lookup(name) ?? whole),
  );
}

/** A field of the downward API; undefined when the pod has none such. */
export function podField(
  pod: Pod,
  path: string,
  { podIp, hostIp }: { podIp: string; hostIp: string },
): string | undefined {
  const subscript = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (subscript !== null) {
    const field = subscript[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations;
    return field?.[subscript[2] ?? ''] ?? '';
  }
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace;
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
      return fieldMap(pod.metadata.labels);
    case 'metadata.annotations':
      return fieldMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName;
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName;
    case 'status.podIP':
    case 'status.podIPs':
      return podIp;
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIp;
    default:
      return undefined;
  }
}

function fieldMap(map: Record<string, string> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** The Services of the pod's namespace, and always Service kubernetes of `default`. */
function visibleServices(api: ClusterApi, pod: Pod): Service[] {
  const own =
    pod.spec.enableServiceLinks === false
      ? []
      : api.list(SERVICES, { namespace: pod.metadata.namespace ?? '' });
  const master = api.get(SERVICES, 'default', 'kubernetes');
  const all =
    own.some(({ metadata }) => metadata.name === 'kubernetes') || master === undefined
      ? own
      : [...own, master];
  return all.filter(
    ({ spec }) => spec.type !== 'ExternalName' && (spec.clusterIP ?? '') !== '' && spec.clusterIP !== 'None',
  );
}

type Variables = Readonly<Record<string, string>>;

/** Objects are never changed in place, so what one stands for is worked out once. */
const variablesOfService = new WeakMap<Service, Variables>();
/** What all Services together stand for, by the last of them: pods that see the same ones share it. */
const variablesOfAll = new WeakMap<Service, { services: readonly Service[]; variables: Variables }>();

/** The variables of docker's links and of Kubernetes (k8s.io/kubernetes/pkg/kubelet/envvars). */
function serviceVariables(services: readonly Service[]): Variables {
  const last = services.at(-1);
  if (last === undefined) return {};
  const known = variablesOfAll.get(last);
  if (
    known?.services.length === services.length &&
    known.services.every((service, index) => service === services[index])
  )
    return known.variables;
  const all: Record<string, string> = {};
  for (const service of services) {
    let variables = variablesOfService.get(service);
    if (variables === undefined) variablesOfService.set(service, (variables = variablesFor(service)));
    Object.assign(all, variables);
  }
  const variables = Object.freeze(all);
  variablesOfAll.set(last, { services, variables });
  return variables;
}

function variablesFor({ metadata, spec }: Service): Variables {
  const prefix = variableName(metadata.name);
  const ip = spec.clusterIP ?? '';
  const ports = spec.ports ?? [];
  const [first] = ports;
  if (first === undefined) return {};
  const result: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: ip,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
  };
  for (const { name, port } of ports)
    if (name !== undefined && name !== '')
      result[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port);
  result[`${prefix}_PORT`] = `${(first.protocol ?? 'TCP').toLowerCase()}://${ip}:${first.port}`;
  for (const { port, protocol = 'TCP' } of ports) {
    const link = `${prefix}_PORT_${port}_${protocol}`;
    result[link] = `${protocol.toLowerCase()}://${ip}:${port}`;
    result[`${link}_PROTO`] = protocol.toLowerCase();
    result[`${link}_PORT`] = String(port);
    result[`${link}_ADDR`] = ip;
  }
  return result;
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
