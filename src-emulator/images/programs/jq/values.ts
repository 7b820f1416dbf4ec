import type { Json } from './syntax.ts';

/** The values of a text that holds one after the other. @throws SyntaxError at what is no JSON. */
export function* readValues(text: string): Generator<Json, void> {
  let rest = text.trimStart();
  while (rest !== '') {
    const length = valueLength(rest);
    yield parse(rest.slice(0, length));
    rest = rest.slice(length).trimStart();
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new SyntaxError(
      `Invalid ${/^[\d-]/.test(text) ? 'numeric ' : ''}literal at line 1, column ${text.length}`,
    );
  }
}

/** How far the first value of a text reaches. */
function valueLength(text: string): number {
  if (!/^[[{"]/.test(text)) return /^[^\s[\]{},"]+/.exec(text)?.[0].length ?? text.length;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
