import { AGNHOST } from '../manifests.ts';
import { quiet, type Step } from '../suite/scenario.ts';

interface PodOptions {
  /** `<worker>` and the like; left out: the scheduler decides. */
  node?: string;
  labels?: Record<string, string>;
  hostNetwork?: true;
  /** Further fields of the container, in YAML's flow style. */
  container?: string;
  /** Further fields of the spec, in YAML's flow style. */
  spec?: string;
}

/** A pod's spec with one container, of which these are the further fields in YAML's flow style. */
function podSpec(container: string, options: PodOptions): string {
  const fields = [
    'terminationGracePeriodSeconds: 1',
    ...(options.node === undefined ? [] : [`nodeName: ${options.node}`]),
    ...(options.hostNetwork === undefined ? [] : ['hostNetwork: true', 'dnsPolicy: ClusterFirstWithHostNet']),
    ...(options.spec === undefined ? [] : [options.spec]),
    `containers: [{name: main, image: '${AGNHOST}', ${container}${options.container === undefined ? '' : `, ${options.container}`}}]`,
  ];
  return `{${fields.join(', ')}}`;
}

function pod(name: string, container: string, options: PodOptions): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: ${JSON.stringify(options.labels ?? {})}}
spec: ${podSpec(container, options)}
---`;
}

interface WorkloadOptions {
  /** Of the workload itself, beside its name, in YAML's flow style. */
  metadata?: string;
  /** Further fields of the workload's spec, in YAML's flow style. */
  spec?: string;
  pods?: Pick<PodOptions, 'spec'>;
}

/** Two pods that have their workload's name in the label `app`; their container's fields in YAML's flow style. */
export function workload(
  kind: 'Deployment' | 'StatefulSet',
  name: string,
  container: string,
  options: WorkloadOptions = {},
): string {
  const labels = `{app: ${name}}`;
  const spec = [
    'replicas: 2',
    ...(options.spec === undefined ? [] : [options.spec]),
    `selector: {matchLabels: ${labels}}`,
    `template: {metadata: {labels: ${labels}}, spec: ${podSpec(container, options.pods ?? {})}}`,
  ];
  return `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}${options.metadata === undefined ? '' : `, ${options.metadata}`}}
spec: {${spec.join(', ')}}
---`;
}

/** A pod that does nothing: commands are run in it. */
export function client(name: string, options: PodOptions = {}): string {
  return pod(name, 'args: [pause]', options);
}

/** A pod that answers at /hostname with its name and at /clientip with who asks, on the given port. */
export function server(name: string, options: PodOptions & { port?: number } = {}): string {
  const { port = 8080 } = options;
  return pod(
    name,
    `args: [netexec, --http-port=${port}, --udp-port=${port}], ports: [{containerPort: ${port}}], readinessProbe: {httpGet: {path: /healthz, port: ${port}}, periodSeconds: 1}`,
    options,
  );
}

/** A Service; its spec in YAML's flow style, without the outer braces. */
export function service(name: string, spec: string): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {${spec}}
---`;
}

/** Asks by HTTP from a pod, with a limit that tells silence (28) from refusal (7). */
export function curl(from: string, url: string, options = ''): string {
  return `exec ${from} -- curl -s -m 2 ${options}${options === '' ? '' : ' '}${url}`;
}

/** Runs a shell line in a pod. The line has no single quotes of its own. */
export function sh(pod: string, line: string): string {
  return `exec ${pod} -- sh -c '${line}'`;
}

/** Waits, unrecorded, until the proxy of a pod's node has a way to where the URL leads. */
export function reachable(from: string, url: string): Step {
  return quiet(
    sh(from, `for i in $(seq 100); do curl -s -m 1 -o /dev/null ${url} && exit 0; sleep 0.3; done; exit 1`),
  );
}

/** Waits, unrecorded, until curl ends with this status: 7 for refused, 28 for silent. */
export function failing(from: string, url: string, status: 7 | 28): Step {
  return quiet(
    sh(
      from,
      `for i in $(seq 100); do curl -s -m 1 -o /dev/null ${url}; [ $? = ${status} ] && exit 0; sleep 0.3; done; exit 1`,
    ),
  );
}
