import { resolvePath } from '../path.ts';
import { unescape } from '../shell/format.ts';
import type { Program } from '../types.ts';
import { AwkInterpreter } from './awk/interpreter.ts';
import { parseAwk } from './awk/parser.ts';
import { parseOptions, program, UsageFailure } from './support.ts';

/** awk as POSIX has it. */
export const awk: Program = program('awk', async (context, args) => {
  const options = parseOptions(args, { short: 'F:v:f:', stopAtOperand: true });
  const operands = [...options.operands];
  const files = options.values('f');
  const script =
    files.length === 0
      ? operands.shift()
      : files
          .map((file) => new TextDecoder().decode(context.fs.readFile(resolvePath(context.cwd, file))))
          .join('\n');
  if (script === undefined) throw new UsageFailure('usage: awk [-F fs] [-v var=value] program [file...]', 2);
  const variables = options.values('v').map((each): readonly [string, string] => {
    const at = each.indexOf('=');
    return [each.slice(0, at), unescape(each.slice(at + 1))];
  });
  const separator = options.value('F');
  if (separator !== undefined) variables.unshift(['FS', separator === 't' ? '\t' : unescape(separator)]);
  return new AwkInterpreter(context, parseAwk(script), variables).run(operands);
});
