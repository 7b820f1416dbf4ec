import { sendText, type Exchange } from './exchange.ts';

/** What is looked at. There is nothing else that could fail on its own. */
const CHECKS = ['ping', 'log', 'etcd'];
const ENDPOINTS = new Set(['healthz', 'livez', 'readyz']);

/** Answers `/livez`, `/readyz?verbose`, `/healthz/ping` and the like. Returns false for other paths. */
export function answerHealth({ path, query, response }: Exchange): boolean {
  const [, endpoint = '', check, more] = path.split('/');
  if (!ENDPOINTS.has(endpoint) || more !== undefined) return false;
  if (check !== undefined && check !== '') {
    if (!CHECKS.includes(check)) return false;
    sendText(response, 200, 'ok');
  } else if (query.has('verbose')) {
    const excluded = query.getAll('exclude');
    const lines = CHECKS.map((name) =>
      excluded.includes(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`,
    );
    sendText(response, 200, `${[...lines, `${endpoint} check passed`].join('\n')}\n`);
  } else sendText(response, 200, 'ok');
  return true;
}
