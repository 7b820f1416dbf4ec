/**
 * `npm run test:real -- --provider kind|existing [--grep WORDS]`: the tests that need real clusters. They run
 * wherever a container engine, kind and a node image are (`SWITCHYARD_NODE_IMAGE` names a local one; `existing`
 * takes a cluster from `SWITCHYARD_REAL_KUBECONFIG`, or makes one with kind). Elsewhere they are skipped, loudly;
 * with `SWITCHYARD_REQUIRE_REAL=1` that is a failure.
 */
import { execa } from 'execa';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from './ensure-browser.ts';

interface Provider {
  /** Why its tests cannot run here; undefined when they can. */
  missing: () => Promise<string | undefined>;
  /** Shell lines that some of its tests need. */
  switches: string[];
  /** Playwright's projects, and what each of them is told. */
  projects: Record<string, Record<string, string>>;
}

const PROVIDERS: Record<string, Provider> = {
  kind: {
    missing: whatKindLacks,
    switches: [
      'SWITCHYARD_ENGINE_STOP',
      'SWITCHYARD_ENGINE_START',
      'SWITCHYARD_MIRROR_STOP',
      'SWITCHYARD_MIRROR_START',
    ],
    projects: { app: { SWITCHYARD_E2E_CLUSTER: 'kind' }, clusters: {} },
  },
  existing: {
    missing: async () =>
      process.env['SWITCHYARD_REAL_KUBECONFIG'] === undefined ? whatKindLacks() : undefined,
    switches: [],
    projects: { existing: { SWITCHYARD_REAL_PROVIDER: 'existing' } },
  },
};

const { values } = parseArgs({
  options: {
    provider: { type: 'string', multiple: true, default: Object.keys(PROVIDERS) },
    grep: { type: 'string' },
  },
});
const unknown = values.provider.filter((provider) => !(provider in PROVIDERS));
if (unknown.length > 0) {
  const known = Object.keys(PROVIDERS).join(', ');
  console.error(`No such provider here: ${unknown.join(', ')}. There are: ${known}.`);
  process.exit(2);
}

const required = process.env['SWITCHYARD_REQUIRE_REAL'] === '1';
const counts = { passed: 0, failed: 0, skipped: 0 };
const started = Date.now();
let ok = true;
let built = false;
const interrupted = new AbortController();
// Playwright gets the Ctrl+C of a terminal too, and deletes the clusters: it is waited for.
process.on('SIGINT', () => interrupted.abort());

for (const [name, provider] of Object.entries(PROVIDERS)) {
  if (!values.provider.includes(name)) continue;
  const missing = await provider.missing();
  if (missing === undefined) {
    built = built || (await build());
    const unset = provider.switches.filter((variable) => process.env[variable] === undefined);
    if (unset.length > 0)
      console.error(`\nSOME TESTS ON REAL CLUSTERS ARE SKIPPED. NOT SET: ${unset.join(', ')}\n`);
    for (const [project, environment] of Object.entries(provider.projects))
      if (!interrupted.signal.aborted) await run(project, environment);
  } else {
    console.error(
      `\nSKIPPED: THE TESTS ON REAL CLUSTERS DID NOT RUN (${name.toUpperCase()}). ${missing.toUpperCase()}\n`,
    );
    if (required) ok = false;
  }
}
const total = counts.passed + counts.failed + counts.skipped;
if (built && total === 0 && !interrupted.signal.aborted) {
  console.error(`No test is called "${values.grep ?? ''}".`);
  ok = false;
}
const minutes = ((Date.now() - started) / 60_000).toFixed(1);
console.log(
  `${values.provider.join(', ')}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${minutes} min`,
);
process.exit(ok && !interrupted.signal.aborted ? 0 : 1);

async function whatKindLacks(): Promise<string | undefined> {
  const engine = process.env['KIND_EXPERIMENTAL_PROVIDER'] ?? 'docker';
  const image = process.env['SWITCHYARD_NODE_IMAGE'];
  if (!(await succeeds(engine, ['info']))) return `The container engine ${engine} does not answer.`;
  if (!(await succeeds('kind', ['version']))) return 'kind is not on PATH.';
  if (image === undefined || image === '') return 'SWITCHYARD_NODE_IMAGE names no node image.';
  if (!(await succeeds(engine, ['image', 'inspect', image])))
    return `${engine} does not have the image ${image}.`;
  return undefined;
}

async function build(): Promise<true> {
  ensureChromium();
  if (!(await succeeds('node', ['bin/switchyard.js', 'build'], true))) process.exit(1);
  return true;
}

/** Runs one of Playwright's projects and counts its tests. */
async function run(project: string, environment: Record<string, string>): Promise<void> {
  const report = `test-results/real-${project}.json`;
  rmSync(report, { force: true });
  mkdirSync('test-results', { recursive: true });
  const args = ['test', '--config', 'playwright.real.config.ts', '--project', project];
  const output = ['--output', `test-results/real-${project}`, '--pass-with-no-tests'];
  const grep = values.grep === undefined ? [] : ['--grep', values.grep];
  const passed = await succeeds('playwright', [...args, ...output, ...grep], true, {
    ...environment,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  });
  if (existsSync(report)) {
    const { stats } = JSON.parse(readFileSync(report, 'utf8')) as {
      stats: { expected: number; unexpected: number; skipped: number; flaky: number };
    };
    counts.passed += stats.expected + stats.flaky;
    counts.failed += stats.unexpected;
    counts.skipped += stats.skipped;
  }
  // A skipped test is a failure, too, where everything has to run.
  if (!passed || (required && counts.skipped > 0)) ok = false;
}

async function succeeds(
  program: string,
  args: string[],
  shown = false,
  env: Record<string, string> = {},
): Promise<boolean> {
  const { exitCode } = await execa(program, args, {
    stdio: shown ? 'inherit' : 'ignore',
    env,
    reject: false,
  });
  return exitCode === 0;
}
