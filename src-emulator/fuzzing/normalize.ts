import { isJsonObject } from '../store/json.ts';
import type { Answer, Json, Step } from './case.ts';
import type { RawAnswer } from './client.ts';

/**
 * What is not compared, and why: what a cluster makes up for itself (identifiers, times, addresses and ports that
 * were not asked for), and what its controllers write beside the requests. Who wrote which field is compared where
 * fields are applied.
 */
const METADATA_LEFT_OUT = ['uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp'];
const APPLY = 'application/apply-patch+yaml';
/** Who writes in a case: its steps, by the name of their client or by one that they give. */
const WRITERS = new Set(['fuzz', 'ann', 'bob']);
/** Written by controllers while a case is under way. */
const ANNOTATIONS_LEFT_OUT = ['deployment.kubernetes.io/revision'];
/** Their controllers write the status beside the requests; it is compared where it is asked for itself. */
const WATCHED_KINDS = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Job',
  'Namespace',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Pod',
  'PodDisruptionBudget',
  'ReplicaSet',
  'ReplicationController',
  'ResourceQuota',
  'ServiceCIDR',
  'StatefulSet',
]);

/** @param story all steps of the case: an address that stands in none of them was given out by the server */
export function normalize(answer: RawAnswer, step: Step, story: readonly Step[]): Answer {
  const asked = JSON.stringify(story);
  const uid = isJsonObject(answer.body) ? ownUid(answer.body) : undefined;
  let text = JSON.stringify(answer.body);
  if (uid !== undefined) text = text.replaceAll(uid, '<uid>');
  text = text
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (found) =>
      asked.includes(found) ? found : '<uid>',
    )
    .replaceAll(/\b10\.96\.\d+\.\d+\b(?!\/)/g, (found) => (asked.includes(found) ? found : '<ip>'))
    .replaceAll(
      /("(?:nodePort|healthCheckNodePort)":)(3[0-2]\d{3})\b/g,
      (found, key: string, port: string) => (asked.includes(port) ? found : `${key}"<port>"`),
    )
    .replaceAll(/\bkube-api-access-[a-z0-9]{5}\b/g, 'kube-api-access-<id>')
    .replaceAll(/\{(TCP|UDP|SCTP) 3\d{4}\}/g, '{$1 <port>}')
    .replaceAll(/(the ResourceVersion in record \()\d+\)/g, '$1<version>)')
    // The object that a patch made is printed with all that this server alone knows of it.
    .replaceAll(/(patch: Invalid value: \\")\{(?:[^"\\]|\\\\(?:\\.)?|\\[^\\"])*?\}(\\": )/g, '$1<object>$2')
    .replaceAll(/(Invalid value: \\")\{\\\\\\"(?:apiVersion|metadata).*?\}(\\": )/g, '$1<object>$2')
    // The real server goes on with a dump of its internal objects.
    .replaceAll(/(pod updates may not change fields other than [^\n"]*?)\\n(?:[^"\\]|\\.)*/g, '$1');
  const body = JSON.parse(text) as unknown;
  if (isJsonObject(body)) {
    if (body['kind'] === 'Status') trimStatus(body);
    else trimObject(body, step);
  }
  return {
    code: answer.code,
    ...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
    body,
  };
}

function ownUid(body: Json): string | undefined {
  const { metadata } = body;
  const uid = isJsonObject(metadata) ? metadata['uid'] : undefined;
  return typeof uid === 'string' ? uid : undefined;
}

function trimStatus(status: Json): void {
  delete status['metadata'];
  delete status['apiVersion'];
}

/** Who asks for a certificate: each cluster has an administrator of its own. */
const REQUESTER = ['username', 'groups', 'uid', 'extra'];

/** A real server taints a new node until its kubelet reports; emulated nodes are ready when they appear. */
const NOT_READY = 'node.kubernetes.io/not-ready';

function trimObject(object: Json, step: Step): void {
  if (object['kind'] === 'Node' && isJsonObject(object['spec']) && Array.isArray(object['spec']['taints'])) {
    const { spec } = object;
    spec['taints'] = object['spec']['taints'].filter((taint: { key?: string }) => taint.key !== NOT_READY);
    if (JSON.stringify(spec['taints']) === '[]') delete spec['taints'];
  }
  const { metadata } = object;
  if (isJsonObject(metadata)) {
    for (const field of METADATA_LEFT_OUT) Reflect.deleteProperty(metadata, field);
    trimManagedFields(metadata, step);
    const { annotations, generateName, name } = metadata;
    if (isJsonObject(annotations)) {
      for (const key of ANNOTATIONS_LEFT_OUT) Reflect.deleteProperty(annotations, key);
      if (Object.keys(annotations).length === 0) delete metadata['annotations'];
    }
    if (
      typeof generateName === 'string' &&
      typeof name === 'string' &&
      name.startsWith(generateName.slice(0, 58))
    )
      metadata['name'] = `${generateName}<id>`;
  }
  dropEmptyLists(object);
  if (object['kind'] === 'CertificateSigningRequest' && isJsonObject(object['spec']))
    for (const field of REQUESTER) Reflect.deleteProperty(object['spec'], field);
  if (isJsonObject(object['spec'])) dropEmptyLists(object['spec']);
  const isStatus = /\/status(?:\?|$)/.test(step.path);
  if (step.method !== 'POST' && !isStatus && WATCHED_KINDS.has(String(object['kind'])))
    delete object['status'];
  if (step.method !== 'POST' && object['kind'] === 'Scale') delete object['status'];
}

function trimManagedFields(metadata: Json, { type }: Step): void {
  const { managedFields } = metadata;
  if (type !== APPLY || !Array.isArray(managedFields)) {
    delete metadata['managedFields'];
    return;
  }
  metadata['managedFields'] = (managedFields as Json[])
    .filter(({ manager, subresource }) => WRITERS.has(String(manager)) && subresource === undefined)
    .map(({ time: _, ...entry }) => entry);
}

/** A real server says null of an empty list that it has stored, and `[]` of one in a dry run. */
function dropEmptyLists(object: Json): void {
  for (const [key, value] of Object.entries(object))
    if (value === null || (Array.isArray(value) && value.length === 0)) Reflect.deleteProperty(object, key);
}
