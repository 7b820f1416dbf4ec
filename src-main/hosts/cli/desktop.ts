import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalizedText } from '#shared/locale.ts';
import type { ProductPaths } from '../paths.ts';

/** Electron's program, or why there is no desktop window. */
export type Desktop = { program: string } | { missing: LocalizedText };

export interface DesktopEnvironment {
  root: string;
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  uid: number | undefined;
}

const FETCH_DEADLINE_MS = 180_000;
/** A failed attempt is not repeated for this long: on a bad network each one costs seconds. */
const RETRY_AFTER_MS = 12 * 60 * 60 * 1000;

/** Why no window can be shown here at all; undefined when one can. */
export function windowObstacle({ platform, env, uid }: DesktopEnvironment): LocalizedText | undefined {
  if (platform !== 'linux') return undefined;
  if ((env['DISPLAY'] ?? '') === '' && (env['WAYLAND_DISPLAY'] ?? '') === '')
    return { en: 'there is no graphical display', ko: '그래픽 화면이 없습니다' };
  if (uid === 0)
    return {
      en: "Electron's sandbox does not work for root",
      ko: 'root 사용자로는 Electron의 샌드박스를 쓸 수 없습니다',
    };
  return undefined;
}

/** Where the electron package says its program is; undefined while it has not been fetched. */
export function installedElectron(root: string): string | undefined {
  const folder = join(root, 'node_modules', 'electron');
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds Electron's program, or fetches it with the electron package's own installer.
 * @param insist fetch even when that failed a short while ago
 */
export async function findDesktop(
  environment: DesktopEnvironment,
  insist: boolean,
  onFetch: () => void,
): Promise<Desktop> {
  const obstacle = windowObstacle(environment);
  if (obstacle !== undefined) return { missing: obstacle };
  const { root } = environment;
  const installed = installedElectron(root);
  if (installed !== undefined) return { program: installed };
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  const unavailable = {
    missing: { en: "Electron's program could not be fetched", ko: 'Electron 프로그램을 내려받지 못했습니다' },
  };
  if (!existsSync(installer)) return unavailable;

  const failedAt = join(root, '.cache', 'electron-unavailable');
  const lately = await stat(failedAt).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < RETRY_AFTER_MS,
    () => false,
  );
  if (lately && !insist) return unavailable;
  onFetch();
  await run(process.execPath, [installer], FETCH_DEADLINE_MS);
  const fetched = installedElectron(root);
  if (fetched !== undefined) {
    await rm(failedAt, { force: true });
    return { program: fetched };
  }
  await mkdir(join(root, '.cache'), { recursive: true });
  await writeFile(failedAt, '');
  return unavailable;
}

function run(program: string, args: string[], deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', timeout: deadlineMs });
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
}

/** Exit status of the desktop host when it has shown its problem to the user itself. */
const DESKTOP_REFUSED = 2;

/** Runs the window until it is closed. False when Electron could not start here at all. */
export function runDesktop(
  program: string,
  { root, labs }: ProductPaths,
  args: readonly string[],
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [root, ...args], {
      stdio: ['ignore', 'inherit', 'ignore'],
      env: { ...process.env, SWITCHYARD_LABS: labs },
    });
    const stop = (): void => void child.kill();
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    child.on('error', () => resolve(false));
    child.on('exit', (code, signal) => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve(code === 0 || code === DESKTOP_REFUSED || signal === 'SIGTERM' || signal === 'SIGINT');
    });
  });
}
