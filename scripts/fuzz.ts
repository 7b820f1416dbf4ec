/**
 * `npm run fuzz -- --kubeconfig FILE [--pairs N] [--seed S] [--kinds A,B] [--keep]`: tells the emulated API server and
 * a real one the same random requests and reports where they answer differently, each difference as a small case.
 * With `--keep` those cases are added to the recorded ones, which `npm test` replays. `--record` asks the real server
 * again for all recorded cases. Works in a namespace `fuzz` of its own.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatCases, parseCases } from '../src-emulator/fuzzing/case.ts';
import { Client } from '../src-emulator/fuzzing/client.ts';
import { Generator, NAMESPACE } from '../src-emulator/fuzzing/generate.ts';
import { Judge, type Finding } from '../src-emulator/fuzzing/judge.ts';
import { startQuietCluster } from '../src-emulator/fuzzing/quiet-cluster.ts';
import { tell } from '../src-emulator/fuzzing/tell.ts';

const RECORDED = new URL('../src-emulator/fuzzing/recorded/cases.jsonl', import.meta.url);
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
    keep: { type: 'boolean', default: false },
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
      if (values.keep) keep(finding);
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

function keep({ recorded }: Finding): void {
  const { server, cases } = existsSync(RECORDED)
    ? parseCases(readFileSync(RECORDED, 'utf8'))
    : { server: 'v1.34', cases: [] };
  writeFileSync(
    RECORDED,
    formatCases(server, [...cases.filter(({ seed }) => seed !== recorded.seed), recorded]),
  );
}

async function record(): Promise<void> {
  const { cases } = parseCases(readFileSync(RECORDED, 'utf8'));
  for (const one of cases) one.answers = await tell(real, one);
  const { body } = await real.send({ method: 'GET', path: '/version' });
  writeFileSync(RECORDED, formatCases((body as { gitVersion: string }).gitVersion, cases));
}
