import type { Program } from '../types.ts';
import { resolvePath } from '../path.ts';
import { unescape } from '../shell/format.ts';
import { eachInput, lines, parseOptions, program, UsageFailure } from './support.ts';
import { toRegExp } from './text.ts';

type Address = { line: number } | { last: true } | { pattern: RegExp };

interface SedCommand {
  from: Address | undefined;
  to: Address | undefined;
  negated: boolean;
  name: string;
  /** For `s`. */
  pattern?: RegExp;
  replacement?: string;
  print?: boolean;
  /** For `a`, `i` and `c`. */
  text?: string;
  /** Within its range of lines. */
  active: boolean;
}

/** sed: addresses, and the commands s, p, d, q, a, i, c, = and y's absence said plainly. */
export const sed: Program = program('sed', async (context, args) => {
  const options = parseOptions(args, { short: 'ne:Eri', long: { quiet: 'n', 'regexp-extended': 'E' } });
  const operands = [...options.operands];
  const scripts = options.values('e');
  if (scripts.length === 0) scripts.push(operands.shift() ?? '');
  const commands = parseScript(scripts.join('\n'), options.has('E') || options.has('r'));
  let number = 0;
  let quit = false;
  const process = async (
    line: string,
    isLast: boolean,
    write: (text: string) => Promise<void>,
  ): Promise<void> => {
    number++;
    let text = line;
    let deleted = false;
    let appended = '';
    for (const command of commands) {
      if (!applies(command, text, number, isLast)) continue;
      if (command.name === 's' && command.pattern !== undefined) {
        const changes = text.match(command.pattern);
        text = text.replace(command.pattern, (...groups: unknown[]) =>
          fill(command.replacement ?? '', groups),
        );
        if (command.print === true && changes !== null) await write(`${text}\n`);
      } else if (command.name === 'p') await write(`${text}\n`);
      else if (command.name === '=') await write(`${number}\n`);
      else if (command.name === 'i') await write(`${command.text ?? ''}\n`);
      else if (command.name === 'a') appended += `${command.text ?? ''}\n`;
      else if (command.name === 'q') quit = true;
      else {
        if (command.name === 'c') await write(`${command.text ?? ''}\n`);
        deleted = true;
      }
      if (deleted || quit) break;
    }
    if (!deleted && !options.has('n')) await write(`${text}\n`);
    if (appended !== '') await write(appended);
  };
  return eachInput(context, 'sed', operands, async (source, name) => {
    let previous: string | undefined;
    let output = '';
    const inPlace = options.has('i') && name !== '-';
    const write = async (text: string): Promise<void> => {
      if (inPlace) output += text;
      else await context.stdout.write(text);
    };
    // One line is held back only where a command asks which is the last.
    const needsLast = commands.some((command) =>
      [command.from, command.to].some((address) => address !== undefined && 'last' in address),
    );
    for await (const line of lines(source)) {
      if (quit) break;
      if (!needsLast) await process(line, false, write);
      else {
        if (previous !== undefined) await process(previous, false, write);
        previous = line;
      }
    }
    if (previous !== undefined && !quit) await process(previous, true, write);
    if (inPlace) context.fs.writeFile(resolvePath(context.cwd, name), output);
  });
});

function matches(address: Address, text: string, number: number, isLast: boolean): boolean {
  if ('line' in address) return address.line === number;
  if ('last' in address) return isLast;
  return address.pattern.test(text);
}

function applies(command: SedCommand, text: string, number: number, isLast: boolean): boolean {
  return inRange(command, text, number, isLast) !== command.negated;
}

function inRange(command: SedCommand, text: string, number: number, isLast: boolean): boolean {
  const { from, to } = command;
  if (from === undefined) return true;
  if (to === undefined) return matches(from, text, number, isLast);
  if (!command.active) {
    if (!matches(from, text, number, isLast)) return false;
    command.active = !('line' in to && to.line <= number);
    return true;
  }
  if (('line' in to && number >= to.line) || matches(to, text, number, isLast)) command.active = false;
  return !('line' in to && number > to.line);
}

function fill(replacement: string, groups: readonly unknown[]): string {
  return replacement.replace(
    /\\([0-9&nt\\/])|&|\\(.)/g,
    (whole, escape: string | undefined, other: string | undefined) => {
      if (whole === '&') return String(groups[0]);
      if (other !== undefined) return other;
      if (escape !== undefined && /\d/.test(escape)) {
        const group = groups[Number(escape)];
        return typeof group === 'string' ? group : '';
      }
      return escape === '&' || escape === '/' ? escape : unescape(whole);
    },
  );
}

function parseScript(script: string, extended: boolean): SedCommand[] {
  const commands: SedCommand[] = [];
  let rest = script;
  const address = (): Address | undefined => {
    const number = /^\d+/.exec(rest)?.[0];
    if (number !== undefined) {
      rest = rest.slice(number.length);
      return { line: Number(number) };
    }
    if (rest.startsWith('$')) {
      rest = rest.slice(1);
      return { last: true };
    }
    if (!rest.startsWith('/')) return undefined;
    const { parts, after } = delimited(rest, 1);
    rest = after;
    return { pattern: toRegExp(parts[0] ?? '', extended, '') };
  };
  for (;;) {
    rest = rest.replace(/^[\s;]+/, '');
    if (rest === '') return commands;
    const from = address();
    let to: Address | undefined;
    if (from !== undefined && rest.startsWith(',')) {
      rest = rest.slice(1);
      to = address();
    }
    const negated = /^\s*!/.test(rest);
    rest = rest.replace(/^\s*!?\s*/, '');
    const name = rest[0] ?? '';
    rest = rest.slice(1);
    const command: SedCommand = { from, to, negated, name, active: false };
    if (name === 's') {
      const { parts, after } = delimited(rest, 2);
      const flags = /^[gpiI\d]*/.exec(after)?.[0] ?? '';
      rest = after.slice(flags.length);
      command.pattern = toRegExp(
        parts[0] ?? '',
        extended,
        (flags.includes('g') ? 'g' : '') + (/i/i.test(flags) ? 'i' : ''),
      );
      command.replacement = parts[1] ?? '';
      command.print = flags.includes('p');
    } else if (name === 'a' || name === 'i' || name === 'c') {
      const [line = ''] = rest.replace(/^\s*\\?\n?\s*/, '').split('\n');
      command.text = unescape(line);
      rest = rest.slice(rest.indexOf(line) + line.length);
    } else if (!['p', 'd', 'q', '='].includes(name)) throw new UsageFailure(`unsupported command ${name}`);
    commands.push(command);
  }
}

/** Splits `/a/b/rest` (any delimiter) into `count` parts and what follows. @throws UsageFailure */
function delimited(text: string, count: number): { parts: string[]; after: string } {
  const delimiter = text[0] ?? '';
  const parts: string[] = [];
  let part = '';
  let at = 1;
  for (; at < text.length && parts.length < count; at++) {
    const char = text[at] ?? '';
    if (char === '\\' && at + 1 < text.length) {
      const next = text[++at] ?? '';
      part += next === delimiter ? next : `\\${next}`;
    } else if (char === delimiter) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  if (parts.length < count) throw new UsageFailure("unmatched '/'");
  return { parts, after: text.slice(at) };
}
