#!/usr/bin/env node
/**
 * The command. It runs on any Node.js from 20 on: finds the Node.js 24 that came with the dependencies, builds
 * what is stale, and hands over.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../scripts/build.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const started = Date.now();
// Standard output belongs to the command: `--json` must be JSON.
const say = (line) => process.stderr.write(`switchyard: ${line}\n`);

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const bundled = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  return existsSync(bundled) ? bundled : undefined;
}

async function main() {
  const args = process.argv.slice(2);
  const node = findNode();
  if (node === undefined || !existsSync(join(root, 'node_modules', 'electron-vite'))) {
    say('the dependencies are missing. Run "npm ci" first.');
    return 2;
  }
  const command = args.find((word) => !word.startsWith('-'));
  if (command === 'start') say('starting …');
  if (!(await build({ root, node, say, force: args[0] === 'build' }))) return 2;
  if (args[0] === 'build') {
    say(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return 0;
  }
  return new Promise((resolve) => {
    const child = spawn(node, [join(root, 'out', 'main', 'cli.js'), ...args], { stdio: 'inherit' });
    // A terminal sends Ctrl+C to both; a service manager sends SIGTERM to this one only.
    process.on('SIGINT', () => undefined);
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    process.on('SIGHUP', () => child.kill('SIGHUP'));
    child.on('error', (error) => {
      say(error.message);
      resolve(2);
    });
    child.on('exit', (code) => resolve(code ?? 2));
  });
}

process.exitCode = await main();
