/**
 * `npm run fuzz -- --kubeconfig FILE [--pairs N] [--seed S] [--kinds A,B] …`: tells the emulated API server and
 * a real one the same random requests and reports where they answer differently, each difference as a small case.
 * `--report FILE` writes them down, and `--adopt FILE` adds those of a report to the recorded ones, which `npm test`
 * replays, that the emulated server answers rightly by now. `--record` asks the real server again for all recorded
 * cases. Works in a namespace `fuzz` of its own.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatCases, parseCases } from '../src-emulator/fuzzing/case.ts';
import { Client } from '../src-emulator/fuzzing/client.ts';
import { differences, inOneOrder } from '../src-emulator/fuzzing/compare.ts';
import { Generator, NAMESPACE } from '../src-emulator/fuzzing/generate.ts';
import { isHarmless } from '../src-emulator/fuzzing/harmless.ts';
import { Judge, type Finding } from '../src-emulator/fuzzing/judge.ts';
import { startQuietCluster } from '../src-emulator/fuzzing/quiet-cluster.ts';
import { tell } from '../src-emulator/fuzzing/tell.ts';

const RECORDED = new URL('../src-emulator/fuzzing/recorded/cases.jsonl', import.meta.url);
/** Larger findings than this are not kept as tests. */
const MAX_KEPT_CHARACTERS = 4000;
/** Requests under way at once. */
const CONNECTIONS = 4;

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    pairs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: '' },
    shrink: { type: 'string', default: '40' },
    report: { type: 'string' },
    adopt: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
});
if (values.kubeconfig === undefined) {
  console.error('--kubeconfig FILE must name a real cluster.');
  process.exit(2);
}

const real = new Client(readFileSync(values.kubeconfig, 'utf8'), CONNECTIONS);
const cluster = await startQuietCluster();
const emulated = new Client(cluster.kubeconfig, CONNECTIONS);
try {
  await prepareNamespace();
  if (values.record) await record();
  else if (values.adopt !== undefined) await adopt(values.adopt);
  else await fuzz();
} finally {
  await Promise.all([real.close(), emulated.close()]);
  await cluster.stop();
}

/** Pods need an account, which a real server on its own does not make. */
async function prepareNamespace(): Promise<void> {
  await real.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: NAMESPACE } } });
  const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  await real.send({ method: 'POST', path: accounts, body: { metadata: { name: 'default' } } });
}

async function fuzz(): Promise<void> {
  const kinds = values.kinds.split(',').filter((name) => name !== '');
  const generator = new Generator(cluster.kinds, kinds);
  const judge = new Judge(real, emulated);
  const findings: Finding[] = [];
  const pairs = Number(values.pairs);
  let next = 0;
  const work = async (): Promise<void> => {
    while (judge.pairs < pairs) {
      const one = generator.make(`${values.seed}-${next++}`);
      const finding = await judge.judge(one, Number(values.shrink));
      if (finding === undefined) continue;
      findings.push(finding);
      if (values.report !== undefined) appendFileSync(values.report, `${JSON.stringify(finding)}\n`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  for (const [signature, count] of [...judge.counts].sort(([, a], [, b]) => b - a)) {
    console.log(`${count} × ${signature}`);
    const found = findings.find((finding) => finding.signature === signature);
    if (found !== undefined)
      console.log(`    ${found.recorded.seed} ${JSON.stringify(found.recorded.steps).slice(0, 600)}`);
  }
  console.log(
    `${judge.cases} cases, ${judge.pairs} pairs of answers, ${judge.counts.size} kinds of differences, ${judge.unsteady} unsteady`,
  );
  if (judge.counts.size > 0) process.exitCode = 1;
}

/** Keeps one case for each kind of difference, and none that is too large to be read. */
async function adopt(report: string): Promise<void> {
  const { server, cases } = parseCases(readFileSync(RECORDED, 'utf8'));
  const known = new Set(
    cases.map(({ steps }) => JSON.stringify(steps.map(({ path, body }) => [path.split('?')[0], body]))),
  );
  let kept = 0;
  for (const line of readFileSync(report, 'utf8').split('\n')) {
    if (line === '' || line.length > MAX_KEPT_CHARACTERS) continue;
    const { recorded } = JSON.parse(line) as Finding;
    const key = JSON.stringify(recorded.steps.map(({ path, body }) => [path.split('?')[0], body]));
    if (known.has(key) || !isHarmless(recorded)) continue;
    const answers = await tell(emulated, recorded);
    const agrees = answers.every((answer, index) => {
      const said = recorded.answers[index] ?? answer;
      const [a, b] = recorded.unordered === true ? [inOneOrder(answer), inOneOrder(said)] : [answer, said];
      return differences(a, b).length === 0;
    });
    if (!agrees) continue;
    known.add(key);
    cases.push(recorded);
    kept++;
  }
  writeFileSync(RECORDED, formatCases(server, cases));
  console.log(`${kept} cases kept, ${cases.length} in all`);
}

async function record(): Promise<void> {
  const { cases } = parseCases(readFileSync(RECORDED, 'utf8'));
  for (const one of cases) one.answers = await tell(real, one);
  const { body } = await real.send({ method: 'GET', path: '/version' });
  writeFileSync(RECORDED, formatCases((body as { gitVersion: string }).gitVersion, cases));
}
