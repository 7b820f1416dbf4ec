/**
 * Builds the product when its sources have changed since the last build. Plain JavaScript, so that it runs on
 * whatever Node.js is installed.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['src-shared', 'src-emulator', 'src-main', 'src-renderer'];
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'electron.vite.config.ts'];
const PRODUCTS = [
  'out/main/cli.js',
  'out/main/cluster-process.js',
  'out/renderer/index.html',
  'out/preload/preload.cjs',
];

/** A digest of everything that a build depends on. */
export function sourceStamp(root) {
  const hash = createHash('sha256');
  const add = (path) => {
    hash.update(path);
    hash.update(readFileSync(join(root, path)));
  };
  for (const file of FILES) if (existsSync(join(root, file))) add(file);
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = `${folder}/${entry.name}`;
      // Made by the build itself, from what package-lock.json names.
      if (entry.name === 'generated') continue;
      if (entry.isDirectory()) walk(path);
      else if (!entry.name.endsWith('.test.ts')) add(path);
    }
  };
  for (const folder of SOURCES) walk(folder);
  return hash.digest('hex');
}

const stampFile = (root) => join(root, 'out', '.stamp');

/** True when `out/` is what the present sources make. */
export function isFresh(root, stamp) {
  if (PRODUCTS.some((product) => !existsSync(join(root, product)))) return false;
  return existsSync(stampFile(root)) && readFileSync(stampFile(root), 'utf8') === stamp;
}

/**
 * Builds when needed.
 * @param {object} options
 * @param {string} options.root the folder with package.json
 * @param {string} options.node the Node.js 24 to build with
 * @param {(line: string) => void} options.say told what is going on
 * @param {boolean} [options.force]
 * @returns {Promise<boolean>} false when the build failed; its output has been printed
 */
export async function build({ root, node, say, force = false }) {
  const stamp = sourceStamp(root);
  if (!force && isFresh(root, stamp)) return true;
  const waited = await takeTurn(root, say);
  try {
    return waited && isFresh(root, stamp) ? true : await buildNow({ root, node, say, stamp });
  } finally {
    rmSync(turnFile(root), { force: true });
  }
}

const turnFile = (root) => join(root, '.cache', 'building');

/** Waits while another process builds the same folder; true when there was one. One that was killed is passed by. */
async function takeTurn(root, say) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(turnFile(root), String(process.pid), { flag: 'wx' });
      return waited;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(turnFile(root))) rmSync(turnFile(root), { force: true });
    else {
      if (!waited) say('waiting for another build of the same folder …');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function isAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function buildNow({ root, node, say, stamp }) {
  const started = Date.now();
  say('building (about half a minute the first time) …');
  rmSync(stampFile(root), { force: true });
  const generated = await run(node, [join(root, 'scripts/generate-openapi.ts')], root, () => undefined);
  if (generated.code !== 0) {
    process.stderr.write(`${generated.output}\n`);
    say('the API schemas could not be generated; what was printed is above.');
    return false;
  }
  const parts = new Map([
    ['out/main', 'app'],
    ['out/preload', 'preload'],
    ['out/renderer', 'page'],
  ]);
  const status = await run(
    node,
    [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--ignoreConfigWarning'],
    root,
    (line) => {
      for (const [folder, name] of parts) {
        if (!line.includes(`${folder}/`)) continue;
        parts.delete(folder);
        say(`built the ${name} (${seconds(started)} s)`);
      }
    },
  );
  if (status.code !== 0 || PRODUCTS.some((product) => !existsSync(join(root, product)))) {
    process.stderr.write(`${status.output}\n`);
    say('the build failed; what it printed is above.');
    return false;
  }
  writeFileSync(stampFile(root), stamp);
  return true;
}

const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);

function run(program, args, cwd, onLine) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        for (const line of text.split('\n')) onLine(line);
      });
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
