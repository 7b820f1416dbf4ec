import type { Program } from '../types.ts';
import { unescape } from '../shell/format.ts';
import { eachInput, lines, parseOptions, program, UsageFailure } from './support.ts';
import { toRegExp } from './text.ts';

/**
 * The awk of one-liners: `{print $1, "text", $NF}` behind nothing, `/regex/` or `NR==n`. Anything else is refused, not
 * guessed at.
 */
export const awk: Program = program('awk', async (context, args) => {
  const options = parseOptions(args, { short: 'F:' });
  const [script = '', ...files] = options.operands;
  const match =
    /^\s*(?:\/((?:[^/\\]|\\.)*)\/|NR\s*==\s*(\d+))?\s*(?:\{\s*print\s*([^}]*?)\s*;?\s*\})?\s*$/.exec(script);
  if (match === null || script.trim() === '')
    throw new UsageFailure(`cmd. line:1: not supported: ${script}`, 2);
  const pattern = match[1] === undefined ? undefined : toRegExp(match[1], true, '');
  const wantedLine = match[2] === undefined ? undefined : Number(match[2]);
  const expressions =
    match[3] === undefined || match[3] === '' ? ['$0'] : match[3].split(/\s*,\s*(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  const separator = options.value('F');
  const splitter = separator === undefined || separator === ' ' ? /\s+/ : separator.length === 1 ? separator : toRegExp(separator, true, ''); // prettier-ignore
  let number = 0;
  return eachInput(context, 'awk', files, async (source) => {
    for await (const line of lines(source)) {
      number++;
      if (wantedLine !== undefined && wantedLine !== number) continue;
      if (pattern !== undefined && !pattern.test(line)) continue;
      const fields = (separator === undefined ? line.trim() : line).split(splitter);
      const values = expressions.map((expression) => evaluate(expression, { line, fields, number }));
      await context.stdout.write(`${values.join(' ')}\n`);
    }
  });
});

/** A concatenation of fields, strings, NR and NF. */
function evaluate(expression: string, record: { line: string; fields: string[]; number: number }): string {
  const { line, fields, number } = record;
  let rest = expression;
  let value = '';
  while (rest !== '') {
    const token = /^\s*(?:"((?:[^"\\]|\\.)*)"|\$(NF|\d+)(?:-(\d+))?|(NR|NF)|(\d+))/.exec(rest);
    if (token === null) throw new UsageFailure(`cmd. line:1: not supported: ${expression}`, 2);
    const [whole, text, field, minus, variable, literal] = token;
    if (text !== undefined) value += unescape(text);
    else if (field !== undefined) {
      const index = (field === 'NF' ? fields.length : Number(field)) - Number(minus ?? 0);
      value += index === 0 ? line : (fields[index - 1] ?? '');
    } else if (variable !== undefined) value += String(variable === 'NR' ? number : fields.length);
    else value += literal ?? '';
    rest = rest.slice(whole.length);
  }
  return value;
}
