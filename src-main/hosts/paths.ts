import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { nodeLauncher, type ClusterLauncher } from '../providers/emulated/launcher.ts';
import { dataDirectory } from '../store/data-directory.ts';

/** Where the product's own files are, run from its sources or built. */
export interface ProductPaths {
  /** The folder with package.json. */
  root: string;
  labs: string;
  /** The built renderer. */
  renderer: string;
  /** The script that is the process of an emulated cluster. */
  clusterProcess: string;
}

/**
 * @param module `import.meta.filename` of the entry point
 * @param labs a folder of labs in place of the product's own
 */
export function productPaths(module: string, labs = process.env['SWITCHYARD_LABS']): ProductPaths {
  let root = dirname(module);
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root);
  return {
    root,
    labs: resolve(labs === undefined || labs === '' ? join(root, 'labs') : labs),
    renderer: join(root, 'out', 'renderer'),
    clusterProcess: module.endsWith('.ts')
      ? join(root, 'src-emulator', 'process.ts')
      : join(dirname(module), 'cluster-process.js'),
  };
}

/** The data folder of the present user. */
export function presentDataDirectory(): string {
  return resolve(dataDirectory({ platform: process.platform, home: homedir(), env: process.env }));
}

/** Starts emulated clusters as processes of Node.js. */
export function presentLauncher(paths: ProductPaths): ClusterLauncher {
  return nodeLauncher(paths.clusterProcess);
}
