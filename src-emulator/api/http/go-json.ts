import type { IncomingMessage } from 'node:http';

/** Browsers and the usual tools of the command line get JSON that people can read. */
const PEOPLES_CLIENTS = /^(?:curl|Wget|Mozilla\/5\.0)/;
/** What strconv.ParseBool takes for true. */
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const ESCAPED = /[<>&\u2028\u2029]/g;

/** Whether the answer is to be indented: `?pretty=` says so, and where it says nothing, who asks. */
export function wantsIndentedJson({ url = '', headers }: IncomingMessage): boolean {
  const asked = url.includes('pretty')
    ? new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('pretty')
    : '';
  return asked ? TRUE.has(asked) : PEOPLES_CLIENTS.test(headers['user-agent'] ?? '');
}

/** JSON as Go's encoding/json writes it: what means something in HTML is escaped. Without a line end when indented. */
export function goJson(value: unknown, indented = false): string {
  const text = indented ? JSON.stringify(value, undefined, 2) : `${JSON.stringify(value)}\n`;
  return text.replace(ESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
