/**
 * Asks kubectl and a real cluster what they say of the manifests in `src-emulator/manifests`. Nothing is left behind.
 *
 *     node scripts/record-manifests.ts --kubeconfig FILE [--kubectl PROGRAM]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Kubectl } from '../src-emulator/conformance/kubectl.ts';
import { apply, manifests, type Applied } from '../src-emulator/manifests/apply.ts';

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, kubectl: { type: 'string', default: 'kubectl' } },
});
if (values.kubeconfig === undefined) {
  console.error('--kubeconfig FILE must name a real cluster.');
  process.exit(2);
}
const kubectl = new Kubectl(values.kubectl, readFileSync(values.kubeconfig, 'utf8'), 'default');
const answers: Record<string, Applied> = {};
for (const manifest of manifests()) answers[manifest] = await apply(kubectl, manifest);
writeFileSync(
  new URL('../src-emulator/manifests/answers.json', import.meta.url),
  `${JSON.stringify(answers, undefined, 2)}\n`,
);
