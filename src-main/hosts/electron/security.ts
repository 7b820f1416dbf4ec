import type {
  BrowserWindowConstructorOptions,
  CustomScheme,
  IpcMainEvent,
  Session,
  WebContents,
} from 'electron';
import { readFile } from 'node:fs/promises';
import type { Asset } from '../assets.ts';
import { contentSecurityPolicy } from '../content-security-policy.ts';

/** The renderer's own origin: nothing of it is a file, nothing of it comes from the net. */
const APP_ORIGIN = 'switchyard://app';
export const APP_URL = `${APP_ORIGIN}/`;

/** `standard` gives it an origin, `secure` makes it a secure context; nothing else is granted. */
export const APP_SCHEME: CustomScheme = {
  scheme: 'switchyard',
  privileges: { standard: true, secure: true, supportFetchAPI: true },
};

/**
 * The window's options as Electron's security checklist wants them
 * (https://www.electronjs.org/docs/latest/tutorial/security), each said aloud even where it is the default.
 */
export function windowOptions(preload: string, devTools: boolean): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Switchyard',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools,
    },
  };
}

/** Serves the renderer's files at {@link APP_URL}, with the policy, and refuses every other request. */
export function serveRenderer(session: Session, assets: ReadonlyMap<string, Asset>): void {
  session.protocol.handle(APP_SCHEME.scheme, async (request) => {
    const url = new URL(request.url);
    const asset = url.host === 'app' && request.method === 'GET' ? assets.get(url.pathname) : undefined;
    if (asset === undefined) return new Response('', { status: 404 });
    return new Response(new Uint8Array(await readFile(asset.file)), {
      headers: {
        'content-type': asset.type,
        'content-security-policy': contentSecurityPolicy(),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
      },
    });
  });
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const { protocol } = new URL(url);
    decide({ cancel: !['switchyard:', 'devtools:', 'data:', 'blob:'].includes(protocol) });
  });
}

/** Copying text is all that the page may do beyond drawing itself. */
const GRANTED = 'clipboard-sanitized-write';

/** Denies every permission, asked for or looked up, and every device. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    answer(permission === GRANTED && isAppUrl(details.requestingUrl) && isAppUrl(contents.getURL()));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === GRANTED && isAppUrl(origin),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Keeps a page where it is: no navigation, no new window, no webview. Links open in the user's browser. */
export function confine(contents: WebContents, openExternal: (url: string) => Promise<void>): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    const link = externalLink(url);
    if (link !== undefined) void openExternal(link).catch(() => undefined);
    return { action: 'deny' };
  });
}

/** The address to hand to the operating system, or undefined: only web pages, nothing that starts a program. */
export function externalLink(url: string): string | undefined {
  if (url.length > 2048 || !URL.canParse(url)) return undefined;
  const { protocol, username, password, href } = new URL(url);
  const isPage = protocol === 'https:' || protocol === 'http:';
  return isPage && username === '' && password === '' ? href : undefined;
}

/** True for messages of our own page's main frame, and of no other frame or window. */
export function isTrustedSender(
  event: Pick<IpcMainEvent, 'sender' | 'senderFrame'>,
  own: WebContents,
): boolean {
  const { sender, senderFrame } = event;
  return sender === own && senderFrame !== null && senderFrame === own.mainFrame && isAppUrl(senderFrame.url);
}

function isAppUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}` === APP_ORIGIN;
}
