import type * as Electron from 'electron';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

type Handler = (...values: never[]) => unknown;

/**
 * Stands in for the `electron` module where its program is absent: remembers what the app asks of it, and lets
 * a test play the part of Chromium.
 */
export class ElectronStandIn {
  readonly paths = new Map<string, string>();
  readonly schemes: Electron.CustomScheme[] = [];
  readonly opened: string[] = [];
  readonly dialogs: string[] = [];
  readonly windows: WindowStandIn[] = [];
  /** Handlers that a session was given, by the name of the method that took them. */
  readonly session = new Map<string, Handler>();
  readonly app = new EventEmitter();
  readonly ipcMain = new EventEmitter();
  sandboxed = false;
  exitStatus: number | undefined;
  isFirstInstance = true;
  menu: unknown = 'the default menu';

  /** The module, as the app imports it. */
  get module(): typeof Electron {
    const remember = (name: string) => (handler: Handler) => void this.session.set(name, handler);
    const created = (window: WindowStandIn): void => {
      this.windows.push(window);
      this.app.emit('web-contents-created', {}, window.webContents);
    };
    return {
      app: Object.assign(this.app, {
        isPackaged: true,
        setPath: (name: string, path: string) => void this.paths.set(name, path),
        enableSandbox: () => void (this.sandboxed = true),
        requestSingleInstanceLock: () => this.isFirstInstance,
        whenReady: () => Promise.resolve(),
        getLocale: () => 'en-GB',
        quit: () => this.app.emit('before-quit', { preventDefault: () => undefined }),
        exit: (status: number) => void (this.exitStatus = status),
      }),
      protocol: {
        registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => this.schemes.push(...schemes),
      },
      session: {
        defaultSession: {
          protocol: {
            handle: (_scheme: string, handler: Handler) => void this.session.set('protocol', handler),
          },
          webRequest: { onBeforeRequest: remember('onBeforeRequest') },
          setPermissionRequestHandler: remember('permissionRequest'),
          setPermissionCheckHandler: remember('permissionCheck'),
          setDevicePermissionHandler: remember('devicePermission'),
        },
      },
      dialog: { showErrorBox: (...words: string[]) => void this.dialogs.push(words.join('\n')) },
      shell: {
        openExternal: (url: string) => {
          this.opened.push(url);
          return Promise.resolve();
        },
      },
      Menu: {
        setApplicationMenu: (menu: unknown) => void (this.menu = menu),
        buildFromTemplate: (items: unknown) => items,
      },
      utilityProcess: { fork: () => new EventEmitter() },
      ipcMain: this.ipcMain,
      BrowserWindow: class extends WindowStandIn {
        constructor(options: Electron.BrowserWindowConstructorOptions) {
          super(options);
          created(this);
        }
      },
    } as unknown as typeof Electron;
  }

  // The caller knows what the app sets by that name; it plays the part of Chromium.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  handler<T extends Handler>(name: string): T {
    const handler = this.session.get(name);
    if (handler === undefined) throw new Error(`the app set no ${name}`);
    return handler as T;
  }

  /** Hands a port to main as the preload does, and returns the page's end of it. */
  connect(sender: unknown, senderFrame: unknown): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const port = new EventEmitter();
    port1.on('message', (data: unknown) => port.emit('message', { data }));
    port1.on('close', () => port.emit('close'));
    port1.unref();
    this.ipcMain.emit('switchyard:port', {
      sender,
      senderFrame,
      ports: [
        Object.assign(port, {
          start: () => undefined,
          postMessage: (data: unknown) => port1.postMessage(data),
        }),
      ],
    });
    return port2;
  }
}

export class WindowStandIn extends EventEmitter {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents = new ContentsStandIn();
  url = '';

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }

  loadURL(url: string): Promise<void> {
    this.url = url;
    this.webContents.mainFrame.url = url;
    this.emit('ready-to-show');
    return Promise.resolve();
  }

  show(): void {
    this.emit('show');
  }
}

class ContentsStandIn extends EventEmitter {
  readonly mainFrame = { url: '' };
  openHandler: ((details: { url: string }) => { action: string }) | undefined;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  /** Plays an event that can be prevented; true when it was. */
  isPrevented(event: string): boolean {
    let prevented = false;
    this.emit(event, { preventDefault: () => (prevented = true) });
    return prevented;
  }
}
