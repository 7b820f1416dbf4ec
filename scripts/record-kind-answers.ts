/**
 * Asks a real Kubernetes API server again for every answer in `src-emulator/api/kinds/recorded/answers.jsonl`.
 * Nothing but a namespace of its own is left behind, and that is deleted.
 *
 *     kubectl proxy --port=8001 &
 *     node scripts/record-kind-answers.ts http://127.0.0.1:8001
 */
import { readFile, writeFile } from 'node:fs/promises';

import { createKinds } from '../src-emulator/api/kinds/index.ts';
import type { Answer } from '../src-emulator/api/kinds/recorded/normalize.ts';
import {
  formatRecorded,
  normalizeObject,
  normalizeRefusal,
  parseRecorded,
} from '../src-emulator/api/kinds/recorded/normalize.ts';
import { apiVersionOf } from '../src-emulator/api/resources.ts';

type Json = Record<string, unknown>;

const FILE = new URL('../src-emulator/api/kinds/recorded/answers.jsonl', import.meta.url);
const NAMESPACE = 'kinds-recorder';
const server = process.argv[2] ?? 'http://127.0.0.1:8001';
const kinds = new Map(
  createKinds({ serviceCidr: '10.96.0.0/16', nodePortRange: [30000, 32767] }).map((kind) => [
    kind.type.kind,
    kind.type,
  ]),
);

async function request(
  method: string,
  path: string,
  body?: Json,
  contentType = 'application/json',
): Promise<Json> {
  const response = await fetch(server + path, {
    method,
    headers: { 'content-type': contentType },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Json;
}

function pathOf(kindName: string, name = ''): string {
  const type = kinds.get(kindName);
  if (type === undefined) throw new Error(`no such kind: ${kindName}`);
  const version = type.group === '' ? '/api/v1' : `/apis/${apiVersionOf(type)}`;
  return `${version}${type.namespaced ? `/namespaces/${NAMESPACE}` : ''}/${type.plural}${name === '' ? '' : `/${name}`}`;
}

function withKind(kindName: string, body: Json): Json {
  const type = kinds.get(kindName);
  return { apiVersion: type === undefined ? '' : apiVersionOf(type), kind: kindName, ...body };
}

function answerOf(response: Json, isUpdate: boolean): Answer {
  return response['status'] === 'Failure'
    ? normalizeRefusal(String(response['message']))
    : normalizeObject(response, isUpdate);
}

const recorded = parseRecorded(await readFile(FILE, 'utf8'));
await request('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
try {
  // Pods are refused until the controller has made the namespace's service account.
  for (let attempt = 0; attempt < 50; attempt++) {
    const account = await request('GET', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default`);
    if (account['kind'] === 'ServiceAccount') break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const query = '?dryRun=All&fieldValidation=Strict';
  for (const entry of recorded.create)
    entry.answer = answerOf(
      await request('POST', pathOf(entry.kind) + query, withKind(entry.kind, entry.body)),
      false,
    );
  for (const { kind, body } of recorded.stored) await request('POST', pathOf(kind), withKind(kind, body));
  for (const entry of recorded.update)
    entry.answer = answerOf(
      await request(
        'PATCH',
        pathOf(entry.kind, entry.name) + query,
        entry.patch,
        'application/strategic-merge-patch+json',
      ),
      true,
    );
  recorded.server = String((await request('GET', '/version'))['gitVersion']);
  await writeFile(FILE, formatRecorded(recorded));
} finally {
  await request('DELETE', `/api/v1/namespaces/${NAMESPACE}`);
}
