import { isJsonObject } from '../store/json.ts';
import type { Answer, Case } from './case.ts';
import type { Client } from './client.ts';
import { normalize } from './normalize.ts';

/** Tells a cluster a case. What it makes is deleted in the end. @returns the answers, one for each step */
export async function tell(client: Client, { steps }: Case): Promise<Answer[]> {
  const answers: Answer[] = [];
  const made = new Set<string>();
  try {
    for (const step of steps) {
      const raw = await client.send(step);
      if (step.method === 'POST' && raw.code === 201 && !step.path.includes('dryRun=')) {
        const metadata = isJsonObject(raw.body) ? raw.body['metadata'] : undefined;
        const name = isJsonObject(metadata) ? metadata['name'] : undefined;
        if (typeof name === 'string')
          made.add(`${step.path.split('?')[0] ?? ''}/${encodeURIComponent(name)}`);
      }
      answers.push(normalize(raw, step, steps));
    }
  } finally {
    for (const path of made) await remove(client, path);
  }
  return answers;
}

async function remove(client: Client, path: string): Promise<void> {
  const options = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 0,
    propagationPolicy: 'Background',
  };
  const { body } = await client.send({ method: 'DELETE', path, body: options });
  const metadata = isJsonObject(body) ? body['metadata'] : undefined;
  if (!isJsonObject(metadata) || !Array.isArray(metadata['finalizers'])) return;
  await client.send({
    method: 'PATCH',
    path,
    type: 'application/merge-patch+json',
    body: { metadata: { finalizers: null } },
  });
}
