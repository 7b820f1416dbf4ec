import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCases, type Case } from './case.ts';
import { Client } from './client.ts';
import { inOneOrder } from './compare.ts';
import { startQuietCluster, type QuietCluster } from './quiet-cluster.ts';
import { tell } from './tell.ts';

/** What a real server answered: `npm run fuzz -- --keep` and `--record`. */
const { server, cases } = parseCases(readFileSync(new URL('recorded/cases.jsonl', import.meta.url), 'utf8'));
let cluster: QuietCluster;
let client: Client;

beforeAll(async () => {
  cluster = await startQuietCluster();
  client = new Client(cluster.kubeconfig, 1);
});

afterAll(async () => {
  await client.close();
  await cluster.stop();
});

/** The last request, which is what the case is about. */
function titleOf({ seed, steps }: Case): string {
  const { method = '', path = '', body } = steps.at(-1) ?? {};
  return `${seed}: ${method} ${path} ${JSON.stringify(body ?? '').slice(0, 160)}`;
}

describe(`what Kubernetes ${server} answers`, () => {
  it.each(cases.map((one) => [titleOf(one), one] as const))('%s', async (_title, one) => {
    const answers = await tell(client, one);
    if (one.unordered === true) expect(answers.map(inOneOrder)).toEqual(one.answers.map(inOneOrder));
    else expect(answers).toEqual(one.answers);
  });
});
