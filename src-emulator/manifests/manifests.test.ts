import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { availableKubectls, Kubectl } from '../conformance/kubectl.ts';
import { startQuietCluster, type QuietCluster } from '../fuzzing/quiet-cluster.ts';
import { apply, manifests, type Applied } from './apply.ts';

/** What kubectl said of each with a real cluster: `node scripts/record-manifests.ts`. */
const recorded = JSON.parse(readFileSync(new URL('answers.json', import.meta.url), 'utf8')) as Record<
  string,
  Applied
>;
const [program] = availableKubectls();

describe.skipIf(program === undefined)("a learner's manifest reads as with a real cluster", () => {
  let cluster: QuietCluster;
  let kubectl: Kubectl;

  beforeAll(async () => {
    cluster = await startQuietCluster();
    kubectl = new Kubectl(program ?? '', cluster.kubeconfig, 'fuzz');
  });

  afterAll(() => cluster.stop());

  it.concurrent.each(manifests())('%s', async (manifest) => {
    expect(await apply(kubectl, manifest)).toEqual(recorded[manifest]);
  });
});
