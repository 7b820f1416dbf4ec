/**
 * Makes a cluster with kind, in a process of its own that a test can kill. The environment is that of the
 * stand-ins; the argument is the data folder. Prints the step that runs, one a line.
 */
import { kindTool } from '../../kind/tool.ts';
import { NODE_IMAGE, providerOn } from './workshop.ts';

const [directory = ''] = process.argv.slice(2);
const { PATH = '', SWITCHYARD_PROGRAMS = '' } = process.env;
const provider = providerOn({ PATH, SWITCHYARD_PROGRAMS }, directory, kindTool(NODE_IMAGE));
await provider.create({
  name: 'switchyard',
  signal: new AbortController().signal,
  onProgress: (steps) => {
    const running = steps.find(({ state }) => state === 'running')?.id;
    if (running !== undefined) process.stdout.write(`${running}\n`);
  },
});
process.stdout.write('made\n');
