/**
 * `npm test`: every gate, in the order in which a failure is cheapest to learn of. What only reads runs side by
 * side, as many at once as there are processors; what is timed by a clock has the machine to itself.
 * `npm test -- --only unit,e2e` runs the named ones. The last line counts the tests of all runners.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureChromium } from './ensure-browser.ts';

interface Gate {
  name: string;
  run: (command: Command) => Promise<boolean>;
}

/** Runs a program. @returns whether it succeeded */
type Command = (program: string, args: string[]) => Promise<boolean>;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Shows what a program prints as it prints it. */
const shown: Command = (program, args) => {
  const child = spawn(program, args, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve(status === 0));
  });
};

/** Keeps what programs print, for when they have ended. */
function keeping(output: Buffer[]): Command {
  return (program, args) => {
    const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...colours },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => output.push(chunk));
    return new Promise((resolve, reject) => {
      child.once('error', reject).once('close', (status) => resolve(status === 0));
    });
  };
}

function readReport(file: string, read: (report: Record<string, unknown>) => Counts): void {
  if (!existsSync(file)) return;
  const found = read(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
  counts.passed += found.passed;
  counts.failed += found.failed;
  counts.skipped += found.skipped;
}

async function vitest(command: Command): Promise<boolean> {
  const report = 'test-results/unit.json';
  const ok = await command('vitest', [
    'run',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  readReport(report, (json) => ({
    passed: Number(json['numPassedTests']),
    failed:
      Number(json['numFailedTests']) +
      Number(json['numFailedTestSuites'] !== 0 && json['numFailedTests'] === 0),
    skipped: Number(json['numPendingTests']) + Number(json['numTodoTests']),
  }));
  return ok;
}

async function playwright(command: Command): Promise<boolean> {
  const report = 'test-results/e2e.json';
  ensureChromium();
  const ok = await command('playwright', ['test']);
  readReport(report, (json) => {
    const stats = json['stats'] as { expected: number; unexpected: number; skipped: number; flaky: number };
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  });
  return ok;
}

/** Groups of gates, one after the other. Those of a group run side by side, the longest first. */
const GROUPS: Gate[][] = [
  [{ name: 'generate', run: (command) => command('node', ['scripts/generate-openapi.ts']) }],
  [
    {
      name: 'lint',
      run: (command) =>
        command('eslint', ['.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/']),
    },
    { name: 'typecheck', run: (command) => command('vue-tsc', ['--noEmit', '-p', 'tsconfig.json']) },
    { name: 'format', run: (command) => command('prettier', ['--check', '--log-level', 'warn', '.']) },
    { name: 'build', run: (command) => command('node', ['bin/switchyard.js', 'build']) },
    { name: 'dead-code', run: (command) => command('knip', []) },
  ],
  [{ name: 'unit', run: vitest }],
  [{ name: 'labs', run: (command) => command('node', ['out/main/cli.js', 'labs', 'verify']) }],
  [{ name: 'e2e', run: playwright }],
];
const NAMES = GROUPS.flat().map(({ name }) => name);

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = values.only?.split(',') ?? NAMES;
const unknown = wanted.filter((name) => !NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`No such gate: ${unknown.join(', ')}. There are: ${NAMES.join(', ')}.`);
  process.exit(2);
}

rmSync('test-results', { recursive: true, force: true });
mkdirSync('test-results', { recursive: true });
const failures: string[] = [];

for (const group of GROUPS) {
  const gates = group.filter(({ name }) => wanted.includes(name));
  if (gates.length === 1) for (const gate of gates) await runShown(gate);
  else await runSideBySide(gates);
}

async function runShown(gate: Gate): Promise<void> {
  console.log(`\n── ${gate.name}`);
  await judge(gate, shown);
}

/** What each prints is shown whole when it has ended. */
async function runSideBySide(gates: Gate[]): Promise<void> {
  const waiting = [...gates];
  const runNext = async (): Promise<void> => {
    for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
      const output: Buffer[] = [];
      await judge(gate, keeping(output), () => {
        console.log(`\n── ${gate.name}`);
        process.stdout.write(Buffer.concat(output));
      });
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, runNext));
}

async function judge(gate: Gate, command: Command, ended: () => void = () => undefined): Promise<void> {
  const started = Date.now();
  const ok = await gate.run(command);
  ended();
  console.log(`── ${gate.name}: ${ok ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!ok) failures.push(gate.name);
}

console.log(failures.length === 0 ? '\nEvery gate passed.' : `\nFailed: ${failures.join(', ')}.`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(failures.length === 0 ? 0 : 1);
