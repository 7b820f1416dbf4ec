import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

/** A piece of prose: sanitised HTML, or a code block, which gets buttons. */
export type ProsePart =
  | { readonly type: 'html'; readonly html: string }
  | { readonly type: 'code'; readonly language: string; readonly code: string; readonly run: boolean };

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });

/** Splits Markdown at its top-level code fences. The HTML is not sanitised yet. */
export function splitProse(source: string): ProsePart[] {
  const parts: ProsePart[] = [];
  const env = {};
  const tokens = markdown.parse(source, env);
  let start = 0;
  const flush = (end: number): void => {
    const html = markdown.renderer.render(tokens.slice(start, end), markdown.options, env).trim();
    if (html !== '') parts.push({ type: 'html', html });
  };
  tokens.forEach((token, index) => {
    if (token.type !== 'fence' || token.level !== 0) return;
    flush(index);
    start = index + 1;
    const [language = '', ...flags] = token.info.trim().split(/\s+/);
    parts.push({
      type: 'code',
      language,
      code: token.content.replace(/\n$/, ''),
      run: flags.includes('run'),
    });
  });
  flush(tokens.length);
  return parts;
}

/** Content is data: whatever gets past the Markdown parser is reduced to plain prose. */
export function sanitise(html: string): string {
  return DOMPurify.sanitize(html, {
    ALLOWED_TAGS: [
      ...['p', 'h1', 'h2', 'h3', 'h4', 'ul', 'ol', 'li', 'strong', 'em', 'code', 'pre', 'a', 'blockquote'],
      ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'hr', 'br', 'del'],
    ],
    ALLOWED_ATTR: ['href', 'start'],
    ALLOWED_URI_REGEXP: /^https?:\/\//i,
  });
}
