import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { VirtualClock } from '../../clock.ts';
import { ObjectStore } from '../../store/object-store.ts';
import { ApiError } from '../cluster-api.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { createApiMachinery } from '../machinery/machinery.ts';
import type { KubeObject } from '../objects.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge-patch.ts';
import { loadSchemas } from '../schema/index.ts';
import { createKinds } from './index.ts';
import type { Answer } from './recorded/normalize.ts';
import { normalizeObject, normalizeRefusal, parseRecorded } from './recorded/normalize.ts';

/** What a real 1.34 server answered: `scripts/record-kind-answers.ts`. */
const recorded = parseRecorded(readFileSync(new URL('./recorded/answers.jsonl', import.meta.url), 'utf8'));

const NAMESPACE = 'kinds-recorder';
const schemas = await loadSchemas();
const kinds = createKinds({ serviceCidr: '10.96.0.0/16', nodePortRange: [30000, 32767] });

function kindNamed(name: string): KindDefinition {
  const kind = kinds.find(({ type }) => type.kind === name);
  if (kind === undefined) throw new Error(`no such kind: ${name}`);
  return kind;
}

/** A cluster with nothing in it but the namespace. */
function emptyCluster(): ReturnType<typeof createApiMachinery> {
  const machinery = createApiMachinery({
    clock: new VirtualClock(),
    store: new ObjectStore(),
    kinds,
    schemas,
  });
  machinery.writer.create(kindNamed('Namespace'), decode('Namespace', { metadata: { name: NAMESPACE } }));
  return machinery;
}

function decode(kindName: string, body: unknown): KubeObject {
  const kind = kindNamed(kindName);
  const { object } = schemas.decode(kind.schema, structuredClone(body), { fieldValidation: 'Strict' });
  const decoded = object as unknown as KubeObject;
  if (kind.type.namespaced) decoded.metadata.namespace = NAMESPACE;
  return decoded;
}

function answerOf(write: () => KubeObject, isUpdate: boolean): Answer {
  try {
    return normalizeObject(write(), isUpdate);
  } catch (error) {
    if (error instanceof ApiError) return normalizeRefusal(error.message);
    throw error;
  }
}

function titleOf(body: object): string {
  return JSON.stringify(body).slice(0, 120);
}

describe(`what Kubernetes ${recorded.server} answers to a new object`, () => {
  it.each(recorded.create.map((entry) => [`${entry.kind} ${titleOf(entry.body)}`, entry] as const))(
    '%s',
    (_title, { kind, body, answer }) => {
      const { writer } = emptyCluster();
      const write = (): KubeObject => writer.create(kindNamed(kind), decode(kind, body), { dryRun: true });
      expect(answerOf(write, false)).toEqual(answer);
    },
  );
});

describe(`what Kubernetes ${recorded.server} answers to a change`, () => {
  const { writer } = emptyCluster();
  for (const { kind, body } of recorded.stored) writer.create(kindNamed(kind), decode(kind, body));

  it.each(recorded.update.map((entry) => [`${entry.kind} ${titleOf(entry.patch)}`, entry] as const))(
    '%s',
    (_title, { kind, name, patch, answer }) => {
      const definition = kindNamed(kind);
      const stored = writer.read(definition, NAMESPACE, name);
      const patched = applyStrategicMergePatch({ ...stored }, patch, schemas, definition.schema);
      const write = (): KubeObject =>
        writer.update(definition, stored, decode(kind, patched), { dryRun: true });
      expect(answerOf(write, true)).toEqual(answer);
    },
  );
});
