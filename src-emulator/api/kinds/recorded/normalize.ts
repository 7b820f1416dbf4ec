/** Makes an answer comparable: what differs from cluster to cluster and from run to run is taken out. */

type Json = Record<string, unknown>;

/** A refusal's message, or the object that was stored. */
export type Answer = string | Json;

interface RecordedCreate {
  kind: string;
  body: Json;
  answer: Answer;
}

interface RecordedUpdate {
  kind: string;
  name: string;
  /** A strategic merge patch. */
  patch: Json;
  answer: Answer;
}

/** Something that is there before the updates. */
interface RecordedStored {
  kind: string;
  body: Json;
}

export interface Recorded {
  /** The version of the server that answered. */
  server: string;
  create: RecordedCreate[];
  stored: RecordedStored[];
  update: RecordedUpdate[];
}

/** The file has one JSON document a line: the server, then one for each question and its answer. */
export function parseRecorded(text: string): Recorded {
  const recorded: Recorded = { server: '', create: [], stored: [], update: [] };
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line) as Partial<{
      server: string;
      create: RecordedCreate;
      stored: RecordedStored;
      update: RecordedUpdate;
    }>;
    if (entry.server !== undefined) recorded.server = entry.server;
    if (entry.create !== undefined) recorded.create.push(entry.create);
    if (entry.stored !== undefined) recorded.stored.push(entry.stored);
    if (entry.update !== undefined) recorded.update.push(entry.update);
  }
  return recorded;
}

export function formatRecorded({ server, create, stored, update }: Recorded): string {
  const lines = [
    { server },
    ...create.map((entry) => ({ create: entry })),
    ...stored.map((entry) => ({ stored: entry })),
    ...update.map((entry) => ({ update: entry })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

const TOKEN_VOLUME = 'kube-api-access-';
const VOLATILE_METADATA = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'namespace'];

interface Shape {
  metadata: Json;
  spec?: {
    volumes?: { name: string }[];
    containers?: { volumeMounts?: { name: string }[] }[];
    initContainers?: { volumeMounts?: { name: string }[] }[];
    clusterIP?: string;
    clusterIPs?: string[];
    ports?: { nodePort?: number }[];
    healthCheckNodePort?: number;
    nodeName?: string;
  };
  status?: unknown;
}

export function normalizeRefusal(message: string): string {
  return message
    .replaceAll(/\{TCP \d+\}/g, '{TCP <port>}')
    .replaceAll(/10\.96\.\d+\.\d+(?!\/)/g, '<ip>')
    .replaceAll(/(namespaces?|account) "?[a-z-]+-recorder"?/g, '$1 <namespace>')
    .replaceAll(/[a-z-]+-recorder\//g, '<namespace>/')
    .replace(/(pod updates may not change fields other than [^\n]*)\n[\s\S]*$/, '$1');
}

export function normalizeObject(object: object, isUpdate: boolean): Json {
  const copy = JSON.parse(JSON.stringify(object)) as Json & Shape;
  copy.metadata = Object.fromEntries(
    Object.entries(copy.metadata).filter(([key]) => !VOLATILE_METADATA.includes(key)),
  );
  const { spec } = copy;
  if (spec?.volumes !== undefined) {
    spec.volumes = spec.volumes.filter(({ name }) => !name.startsWith(TOKEN_VOLUME));
    if (spec.volumes.length === 0) delete spec.volumes;
  }
  for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
    container.volumeMounts =
      container.volumeMounts?.filter(({ name }) => !name.startsWith(TOKEN_VOLUME)) ?? [];
    if (container.volumeMounts.length === 0) delete container.volumeMounts;
  }
  if (spec?.clusterIP?.startsWith('10.') === true) {
    spec.clusterIP = '<ip>';
    spec.clusterIPs = ['<ip>'];
  }
  for (const port of spec?.ports ?? []) if (port.nodePort !== undefined) port.nodePort = 30000;
  if (spec?.healthCheckNodePort !== undefined) spec.healthCheckNodePort = 30000;
  if (isUpdate) {
    // Schedulers and controllers have been at work on the real one.
    delete spec?.nodeName;
    delete copy.status;
    delete copy.metadata['generation'];
    delete copy.metadata['annotations'];
  }
  return copy;
}
