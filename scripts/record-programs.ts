/**
 * Records what the real `docker` and `kind` print, when all goes well and when it does not, into
 * `src-main/providers/testing/recordings`. Needs Linux, root, an engine that runs, kind, and a node image that the
 * engine has. Everything that it makes is its own and goes away again; the limit for inotify instances of the whole
 * machine is lowered for some seconds.
 *
 *     SWITCHYARD_NODE_IMAGE=kindest/node:v1.34.4 node scripts/record-programs.ts [--only 'kind/create-.*']
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { recordApart } from './recording/apart-cases.ts';
import { recordEngine } from './recording/engine-cases.ts';
import { recordCluster, recordKindFailures } from './recording/kind-cases.ts';
import { Recorder } from './recording/recorder.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '.*' }, apart: { type: 'boolean', default: false } },
});
const nodeImage = process.env['SWITCHYARD_NODE_IMAGE'];
if (nodeImage === undefined) {
  console.error('SWITCHYARD_NODE_IMAGE does not name a node image.');
  process.exit(2);
}
const recorder = new Recorder(nodeImage, new RegExp(`^(?:${values.only})$`));
try {
  if (values.apart) await recordApart(recorder);
  else {
    await recordEngine(recorder);
    await recordCluster(recorder);
    await recordKindFailures(recorder);
    const again = [process.execPath, import.meta.filename, '--apart', '--only', values.only];
    const { status } = spawnSync('unshare', ['--net', ...again], { stdio: 'inherit' });
    process.exitCode = status ?? 2;
  }
} finally {
  recorder.close();
}
