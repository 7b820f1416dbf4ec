/**
 * `npm run test:real -- --provider kind|existing [--grep WORDS]`: the tests that need real clusters. They run
 * wherever a container engine, kind and a node image are (`SWITCHYARD_NODE_IMAGE` names a local one; `existing`
 * takes a cluster from `SWITCHYARD_REAL_KUBECONFIG`, or makes one with kind). Elsewhere they are skipped, loudly;
 * with `SWITCHYARD_REQUIRE_REAL=1` that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from './ensure-browser.ts';

const PROVIDERS = ['kind', 'existing'];

const { values } = parseArgs({
  options: { provider: { type: 'string', multiple: true }, grep: { type: 'string' } },
});
const providers = values.provider ?? PROVIDERS;
const unknown = providers.filter((provider) => !PROVIDERS.includes(provider));
if (unknown.length > 0) {
  console.error(`No such provider here: ${unknown.join(', ')}. There are: ${PROVIDERS.join(', ')}.`);
  process.exit(2);
}

const missing = whatIsMissing();
if (missing !== undefined) {
  console.error(`\nSKIPPED: THE TESTS ON REAL CLUSTERS DID NOT RUN. ${missing.toUpperCase()}\n`);
  process.exit(process.env['SWITCHYARD_REQUIRE_REAL'] === '1' ? 1 : 0);
}

const report = 'test-results/real.json';
rmSync(report, { force: true });
mkdirSync('test-results', { recursive: true });
const started = Date.now();
if (!succeeds('node', ['bin/switchyard.js', 'build'], true)) process.exit(1);
ensureChromium();
const ok = succeeds(
  'playwright',
  [
    'test',
    '--config',
    'playwright.real.config.ts',
    ...(values.grep === undefined ? [] : ['--grep', values.grep]),
  ],
  true,
  { SWITCHYARD_REAL_PROVIDERS: providers.join(',') },
);
console.log(`${summary()} in ${Math.round((Date.now() - started) / 60_000)} min (${providers.join(', ')})`);
process.exit(ok ? 0 : 1);

/** Why no real cluster can be made here; undefined when one can. */
function whatIsMissing(): string | undefined {
  const engine = process.env['KIND_EXPERIMENTAL_PROVIDER'] ?? 'docker';
  const image = process.env['SWITCHYARD_NODE_IMAGE'];
  if (!succeeds(engine, ['info'])) return `The container engine ${engine} does not answer.`;
  if (!succeeds('kind', ['version'])) return 'kind is not on PATH.';
  if (image === undefined || image === '') return 'SWITCHYARD_NODE_IMAGE names no node image.';
  if (!succeeds(engine, ['image', 'inspect', image])) return `${engine} does not have the image ${image}.`;
  return undefined;
}

function succeeds(program: string, args: string[], shown = false, env: Record<string, string> = {}): boolean {
  const { status } = spawnSync(program, args, {
    stdio: shown ? 'inherit' : 'ignore',
    env: { ...process.env, ...env },
  });
  return status === 0;
}

function summary(): string {
  if (!existsSync(report)) return 'no report was written';
  const { stats } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; skipped: number; flaky: number };
  };
  return `${stats.expected + stats.flaky} passed, ${stats.unexpected} failed, ${stats.skipped} skipped`;
}
