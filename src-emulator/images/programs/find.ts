import { resolvePath } from '../path.ts';
import { matchesPattern } from '../shell/pattern.ts';
import type { FileStat, ProcessContext } from '../types.ts';
import { entryStat } from './entries.ts';
import { isBusybox, program, UsageFailure } from './support.ts';

interface Found {
  /** As it is printed: below the operand. */
  shown: string;
  name: string;
  stat: FileStat;
}

interface Search {
  tests: ((found: Found) => boolean)[];
  minDepth: number;
  maxDepth: number;
  end: string;
}

/** find(1) with -name, -iname, -path, -type, -mindepth, -maxdepth, -empty; `!` and -not turn a test round. */
export const find = program('find', async (context, args) => {
  const first = args.findIndex((arg) => arg.startsWith('-') || arg === '!');
  const operands = first === -1 ? args : args.slice(0, first);
  const search = parseExpression(context, first === -1 ? [] : args.slice(first));
  let status = 0;
  for (const operand of operands.length === 0 ? ['.'] : operands) {
    const path = resolvePath(context.cwd, operand);
    if (context.fs.exists(path)) await visit(context, search, path, operand, 0);
    else {
      const shown = isBusybox(context) ? operand : `‘${operand}’`;
      await context.stderr.write(`find: ${shown}: No such file or directory\n`);
      status = 1;
    }
  }
  return status;
});

async function visit(
  context: ProcessContext,
  search: Search,
  path: string,
  shown: string,
  depth: number,
): Promise<void> {
  const stat = entryStat(context, path);
  const found = { shown, name: shown.replace(/(.)\/+$/, '$1').replace(/^.*\/(?=.)/, ''), stat };
  if (depth >= search.minDepth && search.tests.every((passes) => passes(found)))
    await context.stdout.write(`${shown}${search.end}`);
  if (stat.type !== 'directory' || depth >= search.maxDepth) return;
  for (const name of [...context.fs.list(path)].sort())
    await visit(context, search, resolvePath(path, name), `${shown.replace(/\/$/, '')}/${name}`, depth + 1);
}

/** @throws UsageFailure in busybox's words. */
function parseExpression(context: ProcessContext, words: readonly string[]): Search {
  const search: Search = { tests: [], minDepth: 0, maxDepth: Infinity, end: '\n' };
  let inverted = false;
  const add = (passes: (found: Found) => boolean): void => {
    const wanted = !inverted;
    inverted = false;
    search.tests.push((found) => passes(found) === wanted);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const value = (): string => {
      const next = words[++at];
      if (next === undefined) throw new UsageFailure(`option requires an argument: ${word}`);
      return next;
    };
    switch (word) {
      case '!':
      case '-not':
        inverted = !inverted;
        break;
      case '-name':
        add(nameTest(value(), ({ name }) => name));
        break;
      case '-iname':
        add(nameTest(value().toLowerCase(), ({ name }) => name.toLowerCase()));
        break;
      case '-path':
        add(nameTest(value(), ({ shown }) => shown));
        break;
      case '-type':
        add(typeTest(value()));
        break;
      case '-empty':
        add(({ shown, stat }) =>
          stat.type === 'directory'
            ? context.fs.list(resolvePath(context.cwd, shown)).length === 0
            : stat.size === 0,
        );
        break;
      case '-mindepth':
        search.minDepth = Number(value());
        break;
      case '-maxdepth':
        search.maxDepth = Number(value());
        break;
      case '-print':
        break;
      case '-print0':
        search.end = '\0';
        break;
      default:
        throw new UsageFailure(`unrecognized: ${word}`);
    }
  }
  return search;
}

function nameTest(pattern: string, part: (found: Found) => string): (found: Found) => boolean {
  return (found) => matchesPattern([{ text: pattern, quoted: false }], part(found));
}

function typeTest(letter: string): (found: Found) => boolean {
  const type = ({ f: 'file', d: 'directory', l: 'symlink' } as Record<string, string>)[letter];
  if (type === undefined) throw new UsageFailure(`invalid argument '${letter}' to '-type'`);
  return ({ stat }) => stat.type === type;
}
