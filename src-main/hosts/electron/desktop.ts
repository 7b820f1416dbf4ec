import { RPCHandler } from '@orpc/server/message-port';
import type * as Electron from 'electron';
import { join } from 'node:path';
import { bytesSerializer } from '#shared/codec.ts';
import { App } from '../../app/app.ts';
import { problemOf } from '../../app/problems.ts';
import { createRouter, type AppRouter } from '../../app/router.ts';
import { listAssets } from '../assets.ts';
import type { ProductPaths } from '../paths.ts';
import { PORT_CHANNEL } from './channels.ts';
import { utilityLauncher } from './launcher.ts';
import {
  APP_SCHEME,
  APP_URL,
  confine,
  denyPermissions,
  isTrustedSender,
  serveRenderer,
  windowOptions,
} from './security.ts';

/** Exit status after a problem that the user has been shown. */
const REFUSED = 2;

export interface DesktopOptions {
  /** The `electron` module. */
  electron: typeof Electron;
  version: string;
  paths: ProductPaths;
  preload: string;
  dataDirectory: string;
  kubeconfig?: string | undefined;
}

/** The app in a desktop window. Must be called before Electron is ready; resolves when the window is shown. */
export async function runDesktop(options: DesktopOptions): Promise<void> {
  const { app, dialog, protocol, session } = options.electron;
  // Chromium's own files belong with ours, and the lock of the single instance with the data folder.
  app.setPath('userData', join(options.dataDirectory, 'electron'));
  protocol.registerSchemesAsPrivileged([APP_SCHEME]);
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  app.on('web-contents-created', (_event, contents) =>
    confine(contents, (url) => options.electron.shell.openExternal(url)),
  );
  await app.whenReady();
  try {
    const product = await App.open({
      version: options.version,
      host: 'electron',
      dataDirectory: options.dataDirectory,
      labsDirectory: options.paths.labs,
      launchCluster: utilityLauncher(options.electron.utilityProcess, options.paths.clusterProcess),
      kubeconfig: options.kubeconfig,
    });
    closeInGoodOrder(options.electron, product);
    denyPermissions(session.defaultSession);
    serveRenderer(session.defaultSession, await listAssets(options.paths.renderer));
    await openWindow(options, createRouter(product));
  } catch (error) {
    const { message, fix, detail } = problemOf(error);
    const locale = app.getLocale().startsWith('ko') ? 'ko' : 'en';
    dialog.showErrorBox(
      message[locale],
      [fix?.[locale], detail].filter((text) => text !== undefined).join('\n\n'),
    );
    app.exit(REFUSED);
  }
}

async function openWindow({ electron, preload }: DesktopOptions, router: AppRouter): Promise<void> {
  const { app, BrowserWindow, ipcMain, Menu } = electron;
  setMenu(app, Menu);
  const window = new BrowserWindow(windowOptions(preload, !app.isPackaged));
  const handler = new RPCHandler(router, { customJsonSerializers: [bytesSerializer] });
  ipcMain.on(PORT_CHANNEL, (event) => {
    const [port] = event.ports;
    if (port === undefined || !isTrustedSender(event, window.webContents)) return;
    handler.upgrade(port, { context: {} });
    port.start();
  });
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  window.once('ready-to-show', () => window.show());
  await window.loadURL(APP_URL);
}

/** macOS takes copy and paste from the menu; elsewhere the default menu would only offer to reload and inspect. */
function setMenu(app: Electron.App, Menu: typeof Electron.Menu): void {
  Menu.setApplicationMenu(
    process.platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null,
  );
  app.on('window-all-closed', () => app.quit());
}

/** The cluster writes its state before the app ends, however it was asked to. */
function closeInGoodOrder({ app }: typeof Electron, product: App): void {
  let closing = false;
  const close = (): void => {
    if (closing) return;
    closing = true;
    process.off('SIGTERM', close);
    process.off('SIGINT', close);
    void product.close().finally(() => app.exit(0));
  };
  app.on('before-quit', (event) => {
    event.preventDefault();
    close();
  });
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}
