/**
 * Stands in for `docker`, `podman`, `nerdctl`, `kind` and `k3d`: prints what the real ones were recorded to print.
 *
 *     node program.ts kind create cluster --name switchyard …
 */
import { engine } from './engine.ts';
import { k3d, kind } from './makers.ts';
import { Run } from './run.ts';

const [name = '', ...args] = process.argv.slice(2);
const run = new Run(name, args);
process.exitCode = await (name === 'kind' ? kind(run) : name === 'k3d' ? k3d(run) : engine(run));
