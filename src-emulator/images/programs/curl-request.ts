import { resolvePath } from '../path.ts';
import { readAll } from '../pipe.ts';
import type { ProcessContext } from '../types.ts';
import { CurlFailure } from './curl-failure.ts';
import type { CurlOptions } from './curl-options.ts';

/** A URL taken apart. */
export interface Target {
  scheme: 'http' | 'https';
  host: string;
  port: number;
  /** With the port when the URL has one. */
  authority: string;
  path: string;
  credentials: string | undefined;
}

/** @throws CurlFailure */
export function parseUrl(text: string): Target {
  const match =
    /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(?:([^@/]*)@)?(\[[^\]]*\]|[^:/?#\s]*)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/.exec(
      text,
    );
  const scheme = (match?.[1] ?? 'http').toLowerCase();
  const host = match?.[3] ?? '';
  const port = Number(
    match?.[4] === undefined || match[4] === '' ? (scheme === 'https' ? 443 : 80) : match[4],
  );
  if (match === null) throw new CurlFailure(3, 'URL rejected: Malformed input to a URL function');
  if (scheme !== 'http' && scheme !== 'https') throw new CurlFailure(1, `Protocol "${scheme}" not supported`);
  if (host === '') throw new CurlFailure(3, 'URL rejected: No host part in the URL');
  if (port > 65_535)
    throw new CurlFailure(3, 'URL rejected: Port number was not a decimal number between 0 and 65535');
  const rest = match[5] ?? '/';
  const path = (rest.startsWith('/') ? rest : `/${rest}`).replace(/ /g, '%20');
  const isDefault = port === (scheme === 'https' ? 443 : 80);
  return { scheme, host, port, authority: isDefault ? host : `${host}:${port}`, path, credentials: match[2] };
}

export function urlOf(target: Target): string {
  return `${target.scheme}://${target.authority}${target.path}`;
}

/** The headers of a request in curl's order, with those of `-H` in place of its own. */
export function requestHeaders(
  target: Target,
  options: CurlOptions,
  version: string,
  body: Uint8Array | undefined,
): [string, string][] {
  const headers: [string, string][] = [['Host', target.authority]];
  const user = options.user ?? target.credentials;
  if (user !== undefined)
    headers.push([
      'Authorization',
      `Basic ${Buffer.from(user.includes(':') ? user : `${user}:`).toString('base64')}`,
    ]);
  headers.push(['User-Agent', options.userAgent ?? `curl/${version}`], ['Accept', '*/*']);
  if (options.referer !== undefined) headers.push(['Referer', options.referer]);
  if (options.cookie !== undefined) headers.push(['Cookie', options.cookie]);
  if (body !== undefined)
    headers.push(
      ['Content-Length', String(body.length)],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    );
  for (const line of options.headers) {
    const [, name = '', separator, value = ''] = /^([^:;]+)([:;])\s*([^]*)$/.exec(line) ?? [];
    if (name === '') continue;
    const at = headers.findIndex(([each]) => each.toLowerCase() === name.toLowerCase());
    // `-H "Accept:"` takes a header away.
    if (at !== -1)
      headers.splice(
        at,
        1,
        ...(separator === ':' && value === '' ? [] : [[name, value] as [string, string]]),
      );
    else if (value !== '' || separator === ';') headers.push([name, value]);
  }
  return headers;
}

/** What `-d` and its kin give, joined by `&`. @throws FileError */
export async function requestData(context: ProcessContext, parts: readonly string[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) pieces.push(Buffer.from('&'));
    if (part.startsWith('@')) {
      const name = part.slice(1);
      const bytes =
        name === '-' ? await readAll(context.stdin) : context.fs.readFile(resolvePath(context.cwd, name));
      pieces.push(bytes);
    } else pieces.push(Buffer.from(part.replace(/^\\@/, '@')));
  }
  return Buffer.concat(pieces);
}
