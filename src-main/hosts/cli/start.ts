import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { runWeb } from '../web/run.ts';
import { DEFAULT_PORT } from '../web/server.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { findDesktop, runDesktop } from './desktop.ts';
import { openBrowser } from './open-browser.ts';
import { command } from './output.ts';

interface StartOptions {
  web?: boolean;
  desktop?: boolean;
  port?: number;
  open: boolean;
  kubeconfig?: string;
  json?: boolean;
}

/** `switchyard start`: the desktop window where there can be one, else a page on loopback. */
export function startCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  return command('start', 'open the app')
    .addOption(new Option('--web', 'serve the app to the browser').conflicts('desktop'))
    .addOption(new Option('--desktop', 'open the desktop window'))
    .option(
      '--port <number>',
      `the port of the web page (default: ${DEFAULT_PORT}, or the next free one)`,
      parsePort,
    )
    .option('--no-open', 'do not open the browser')
    .option('--kubeconfig <file>', 'offer the cluster of this kubeconfig, too', (file) => resolve(file))
    .action(async (options: StartOptions) => {
      const web =
        options.web === true || options.port !== undefined || !options.open || options.json === true;
      if ((options.desktop === true || !web) && (await startDesktop(context, options))) finish(0);
      else finish(await startWeb(context, options));
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

/** False when there can be no window here; it has then said why. */
async function startDesktop(context: CliContext, options: StartOptions): Promise<boolean> {
  const ko = context.locale === 'ko';
  const { root } = context.paths;
  const desktop = await findDesktop(
    { root, platform: process.platform, env: process.env, uid: process.getuid?.() },
    options.desktop === true,
    () =>
      context.err(
        ko ? '데스크톱 창에 필요한 Electron을 내려받는 중 …' : 'Fetching Electron for the desktop window …',
      ),
  );
  if ('program' in desktop) {
    context.err(ko ? '데스크톱 창을 여는 중 …' : 'Opening the desktop window …');
    const args = options.kubeconfig === undefined ? [] : [`--kubeconfig=${options.kubeconfig}`];
    if (await runDesktop(desktop.program, context.paths, args)) return true;
  }
  const why =
    'missing' in desktop
      ? desktop.missing[context.locale]
      : ko
        ? 'Electron이 시작되지 않았습니다'
        : 'Electron did not start';
  context.err(
    ko
      ? `데스크톱 창을 열 수 없어(${why}) 브라우저로 엽니다.`
      : `No desktop window (${why}): using the browser.`,
  );
  return false;
}

async function startWeb(
  context: CliContext,
  { port, open, kubeconfig, json }: StartOptions,
): Promise<ExitStatus> {
  const ko = context.locale === 'ko';
  const stopped = untilStopped();
  const web = await runWeb(context, { port, kubeconfig });
  const { address } = web.host;
  if (port === undefined && web.host.port !== DEFAULT_PORT)
    context.err(
      ko
        ? `포트 ${DEFAULT_PORT}을(를) 다른 프로그램이 쓰고 있어 ${web.host.port}을(를) 사용합니다.`
        : `Port ${DEFAULT_PORT} is used by another program: using ${web.host.port}.`,
    );
  if (json === true) context.out(JSON.stringify({ address, port: web.host.port, pid: process.pid }));
  else {
    context.out(ko ? `Switchyard 주소: ${address}` : `Switchyard is at ${address}`);
    context.err(ko ? 'Ctrl+C를 누르면 종료합니다.' : 'Ctrl+C stops it.');
  }
  if (open) openBrowser(address);
  await stopped;
  context.err(ko ? '저장하고 종료하는 중 …' : 'Saving and stopping …');
  await web.close();
  return 0;
}

/** Resolves at the first Ctrl+C or SIGTERM; the second one ends the process at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const stop = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    process.on('SIGHUP', stop);
  });
}
