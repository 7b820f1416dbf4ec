/**
 * `npm run conformance:record -- --kubeconfig F [--grep PATTERN]`: puts every scenario of src-emulator/conformance to
 * a real cluster (one control plane and two workers of kind), with every kubectl of SWITCHYARD_KUBECTLS or the one on
 * PATH, and keeps its answers. Recordings of versions of kubectl that are not given are kept as they are, unless the
 * scenario has other commands now.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { availableKubectls } from '../src-emulator/conformance/kubectl.ts';
import { scenariosFor } from '../src-emulator/conformance/scenarios/index.ts';
import { runCampaign } from '../src-emulator/conformance/suite/campaign.ts';
import type { Answers } from '../src-emulator/conformance/suite/recording.ts';
import { readRecording, writeRecording } from '../src-emulator/conformance/suite/recordings.ts';

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, grep: { type: 'string' } } });
if (values.kubeconfig === undefined) {
  console.error('Say on which cluster: --kubeconfig FILE');
  process.exit(2);
}
let failed = 0;
await runCampaign({
  scenarios: scenariosFor(values.grep),
  kubeconfig: readFileSync(values.kubeconfig, 'utf8'),
  programs: availableKubectls(),
  onOutcome: ({ scenario, version, answers }) => {
    if (answers instanceof Error) {
      failed++;
      console.error(`FAILED   ${scenario.name}, kubectl ${version}\n${answers.message}`);
      return;
    }
    const sameCommands = (others: Answers): boolean =>
      [...others.keys()].join('\n') === [...answers.keys()].join('\n');
    const kept = [...(readRecording(scenario) ?? [])].filter(([, others]) => sameCommands(others));
    writeRecording(scenario, new Map([...kept, [version, answers]]));
    console.log(`recorded ${scenario.name}, kubectl ${version}`);
  },
});
process.exit(failed === 0 ? 0 : 1);
