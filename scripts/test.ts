/**
 * `npm test`: every gate, in the order in which a failure is cheapest to learn of. `npm test -- --only unit,e2e`
 * runs the named ones. The last line counts the tests of all runners.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from './ensure-browser.ts';

interface Gate {
  name: string;
  run: () => boolean;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

function command(program: string, args: string[], env: Record<string, string> = {}): boolean {
  const { status } = spawnSync(program, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  return status === 0;
}

function readReport(file: string, read: (report: Record<string, unknown>) => Counts): void {
  if (!existsSync(file)) return;
  const found = read(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
  counts.passed += found.passed;
  counts.failed += found.failed;
  counts.skipped += found.skipped;
}

function vitest(): boolean {
  const report = 'test-results/unit.json';
  const ok = command('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]);
  readReport(report, (json) => ({
    passed: Number(json['numPassedTests']),
    failed:
      Number(json['numFailedTests']) +
      Number(json['numFailedTestSuites'] !== 0 && json['numFailedTests'] === 0),
    skipped: Number(json['numPendingTests']) + Number(json['numTodoTests']),
  }));
  return ok;
}

function playwright(): boolean {
  const report = 'test-results/e2e.json';
  const ok = command('playwright', ['test']);
  readReport(report, (json) => {
    const stats = json['stats'] as { expected: number; unexpected: number; skipped: number; flaky: number };
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  });
  return ok;
}

const GATES: Gate[] = [
  { name: 'generate', run: () => command('node', ['scripts/generate-openapi.ts']) },
  { name: 'format', run: () => command('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'typecheck', run: () => command('vue-tsc', ['--noEmit', '-p', 'tsconfig.json']) },
  {
    name: 'lint',
    run: () => command('eslint', ['.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/']),
  },
  { name: 'dead-code', run: () => command('knip', []) },
  { name: 'unit', run: vitest },
  { name: 'build', run: () => command('node', ['bin/switchyard.js', 'build']) },
  {
    name: 'labs',
    run: () => command('node', ['out/main/cli.js', 'labs', 'verify']),
  },
  { name: 'e2e', run: () => (ensureChromium(), playwright()) },
];

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = values.only?.split(',') ?? GATES.map((gate) => gate.name);
const unknown = wanted.filter((name) => !GATES.some((gate) => gate.name === name));
if (unknown.length > 0) {
  console.error(
    `No such gate: ${unknown.join(', ')}. There are: ${GATES.map((gate) => gate.name).join(', ')}.`,
  );
  process.exit(2);
}

rmSync('test-results', { recursive: true, force: true });
mkdirSync('test-results', { recursive: true });
const failures: string[] = [];
for (const gate of GATES.filter(({ name }) => wanted.includes(name))) {
  const started = Date.now();
  console.log(`\n── ${gate.name}`);
  const ok = gate.run();
  console.log(`── ${gate.name}: ${ok ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) failures.push(gate.name);
}

console.log(failures.length === 0 ? '\nEvery gate passed.' : `\nFailed: ${failures.join(', ')}.`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(failures.length === 0 ? 0 : 1);
