import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium that e2e tests drive: SWITCHYARD_CHROMIUM, one on PATH, or Playwright's own. */
export function findChromium(): string | undefined {
  const named = process.env['SWITCHYARD_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`SWITCHYARD_CHROMIUM names ${named}, which is not there.`);
    return named;
  }
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here: the next folder may have it.
      }
    }
  }
  const own = chromium.executablePath();
  return existsSync(own) ? own : undefined;
}

/** As {@link findChromium}, for configuration files: an error says how to get one. */
export function chromiumPath(): string {
  const path = findChromium();
  if (path === undefined)
    throw new Error('No Chromium found. Run `node scripts/ensure-browser.ts`, or set SWITCHYARD_CHROMIUM.');
  return path;
}

/** Installs a browser where there is none: Debian's package as root, else Playwright's download. */
export function ensureChromium(): string {
  const present = findChromium();
  if (present !== undefined) return present;
  const run = (command: string, args: string[]): void => {
    console.log(`No Chromium on this machine: ${command} ${args.join(' ')}`);
    execFileSync(command, args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  };
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    run('apt-get', ['update', '-q']);
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium']);
  } else {
    run('npx', ['playwright', 'install', 'chromium']);
  }
  return chromiumPath();
}

if (process.argv[1] === import.meta.filename) console.log(ensureChromium());
