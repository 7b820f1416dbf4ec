/**
 * `npm run conformance -- [--kubeconfig F] [--grep PATTERN]`: puts every scenario of src-emulator/conformance to a
 * cluster, with every kubectl of SWITCHYARD_KUBECTLS or the one on PATH, and compares its answers with those that
 * real Kubernetes gave when they were recorded. Without --kubeconfig the cluster is an emulated one of its own, and
 * what is known to differ there is taken into account.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { availableKubectls } from '../src-emulator/conformance/kubectl.ts';
import { scenariosFor } from '../src-emulator/conformance/scenarios/index.ts';
import { runCampaign, type Outcome } from '../src-emulator/conformance/suite/campaign.ts';
import type { Difference } from '../src-emulator/conformance/suite/comparison.ts';
import { startEmulatedProcess } from '../src-emulator/conformance/suite/emulated-process.ts';
import { differences, emulatedDifferences } from '../src-emulator/conformance/suite/judge.ts';
import { readRecording } from '../src-emulator/conformance/suite/recordings.ts';
import { recordedSteps } from '../src-emulator/conformance/suite/runner.ts';

const { values } = parseArgs({ options: { kubeconfig: { type: 'string' }, grep: { type: 'string' } } });
const emulated = values.kubeconfig === undefined ? await startEmulatedProcess() : undefined;
const scenarios = scenariosFor(values.grep);
let commands = 0;
let wrong = 0;

const judge = ({ scenario, version, answers }: Outcome): Difference[] => {
  const recording = readRecording(scenario);
  if (recording === undefined) return [{ step: 'the scenario', lines: ['it was never recorded'] }];
  if (emulated !== undefined) return emulatedDifferences(scenario, recording, version, answers);
  if (answers instanceof Error) return [{ step: 'the scenario', lines: answers.message.split('\n') }];
  return differences(scenario, recording, version, answers);
};

try {
  await runCampaign({
    scenarios,
    kubeconfig: emulated?.kubeconfig ?? readFileSync(values.kubeconfig ?? '', 'utf8'),
    programs: availableKubectls(),
    onOutcome: (outcome) => {
      const found = judge(outcome);
      commands += recordedSteps(outcome.scenario).length;
      wrong += found.length;
      console.log(
        `${found.length === 0 ? 'ok  ' : 'FAIL'} ${outcome.scenario.name}, kubectl ${outcome.version}`,
      );
      for (const { step, lines } of found)
        console.log(`  $ ${step}\n${lines.map((line) => `    ${line}`).join('\n')}`);
    },
  });
} finally {
  await emulated?.stop();
}
console.log(`${commands} commands in ${scenarios.length} scenarios, ${wrong} differences`);
process.exit(wrong === 0 ? 0 : 1);
