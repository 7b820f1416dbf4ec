import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import { readBody, type Site, type SiteAnswer } from './web-server.ts';

const MAX_DELAY_S = 10;

/**
 * A service for trying HTTP: tells what it has received, and answers as it is asked to.
 * `/get`, `/post`, `/anything`, `/headers`, `/ip`, `/user-agent`, `/status/<code>`, `/delay/<seconds>`, `/json`.
 */
export function httpApi(clock: Clock): Site {
  return async (request) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    const [, first = '', second = ''] = url.pathname.split('/');
    const headers = headersOf(request);
    const origin = request.socket.remoteAddress ?? '';
    const about = { args: Object.fromEntries(url.searchParams), headers, origin, url: url.href };
    switch (first) {
      case '':
        return json({ endpoints: ['/get', '/post', '/anything', '/headers', '/ip', '/user-agent', '/status/<code>', '/delay/<seconds>', '/json'] }); // prettier-ignore
      case 'ip':
        return json({ origin });
      case 'headers':
        return json({ headers });
      case 'user-agent':
        return json({ 'user-agent': request.headers['user-agent'] ?? '' });
      case 'json':
        return json({ items: [{ id: 1, name: 'one' }, { id: 2, name: 'two' }] }); // prettier-ignore
      case 'get':
      case 'post':
        if (request.method !== first.toUpperCase())
          return { ...json({ error: 'method not allowed' }, 405), headers: { Allow: first.toUpperCase() } };
        return json(first === 'get' ? about : { ...about, data: await readBody(request) });
      case 'anything':
        return json({ ...about, method: request.method, data: await readBody(request) });
      case 'status': {
        const status = Number(second);
        return Number.isInteger(status) && status >= 200 && status < 600
          ? { status, body: '' }
          : json({ error: 'no such status' }, 400);
      }
      case 'delay':
        await clock.sleep(Math.min(MAX_DELAY_S, Number(second) || 0) * 1000);
        return json(about);
      default:
        return json({ error: 'not found' }, 404);
    }
  };
}

function json(body: object, status = 200): SiteAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: `${JSON.stringify(body, undefined, 2)}\n`,
  };
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).map(([name, value]) => {
    const canonical = name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    return [canonical, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
