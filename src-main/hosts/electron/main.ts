import * as electron from 'electron';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { presentDataDirectory, productPaths } from '../paths.ts';
import { runDesktop } from './desktop.ts';

const paths = productPaths(import.meta.filename);
const KUBECONFIG = '--kubeconfig=';

void runDesktop({
  electron,
  version: packageJson.version,
  paths,
  preload: join(paths.root, 'out', 'preload', 'preload.cjs'),
  dataDirectory: presentDataDirectory(),
  kubeconfig: process.argv.find((word) => word.startsWith(KUBECONFIG))?.slice(KUBECONFIG.length),
});
