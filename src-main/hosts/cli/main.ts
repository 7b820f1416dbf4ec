import packageJson from '../../../package.json' with { type: 'json' };
import { presentDataDirectory, presentLauncher, productPaths } from '../paths.ts';
import { localeOf } from './output.ts';
import { runProgram } from './program.ts';

const paths = productPaths(import.meta.filename);
const status = await runProgram(process.argv.slice(2), {
  version: packageJson.version,
  paths,
  dataDirectory: presentDataDirectory(),
  launchCluster: presentLauncher(paths),
  locale: localeOf(process.env),
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
});
// What was printed to a pipe is still on its way; an exit would cut it off.
process.exitCode = status;
process.stdout.write('', () => process.exit(status));
