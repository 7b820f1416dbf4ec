/**
 * `npm run bench`: how quickly the product answers on this machine; with `-- --scale`, how much the emulated cluster
 * carries; with `-- --real kind`, how it does on real clusters. Each figure is printed as minimum, median and
 * maximum over several runs, beside the goal that the project set itself. Nothing fails here: figures are for
 * people, and for the closing note of a change. Needs a build (`npm run build`).
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCluster } from './cluster.ts';
import { benchChecks } from './checks.ts';
import type { Figure } from './figure.ts';
import { benchNetwork } from './network.ts';
import { benchPreflight } from './preflight.ts';
import { benchReal } from './real.ts';
import { benchScale } from './scale.ts';
import { benchVirtualTime } from './virtual-time.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    /** The provider whose clusters are real. */
    real: { type: 'string' },
    /** How many real clusters are made in each way. */
    makings: { type: 'string', default: '3' },
    scale: { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
if (values.real !== undefined && values.real !== 'kind') {
  console.error(`No such provider here: ${values.real}. There is: kind.`);
  process.exit(2);
}
const runs = Number(values.runs);
const scratch = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));

try {
  const figures = await measured();
  if (values.json === true) console.log(JSON.stringify(figures, null, 2));
  else {
    console.log(`${cpuModel()}, Node ${process.version}: minimum, median and maximum\n`);
    for (const figure of figures) {
      const sorted = figure.values.toSorted((a, b) => a - b);
      const pick = (at: number): string =>
        (sorted[Math.floor(at * (sorted.length - 1))] ?? NaN).toFixed(figure.unit === '×' ? 2 : 0);
      console.log(
        `${figure.name.padEnd(52)} ${pick(0).padStart(6)} ${pick(0.5).padStart(6)} ${pick(1).padStart(6)} ${figure.unit.padEnd(3)}  goal ${figure.goal}`,
      );
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measured(): Promise<Figure[]> {
  if (values.real !== undefined) return benchReal(runs, Number(values.makings), scratch);
  if (values.scale === true)
    return [
      ...(await benchNetwork(runs)),
      ...(await benchVirtualTime(runs)),
      ...(await benchScale(runs, scratch)),
    ];
  return [
    ...(await benchCluster(runs, scratch)),
    ...(await benchChecks(runs, scratch)),
    ...(await benchPreflight(runs, scratch)),
  ];
}

function cpuModel(): string {
  try {
    return /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor';
  } catch {
    return process.platform;
  }
}
