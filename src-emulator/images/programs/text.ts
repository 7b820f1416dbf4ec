import { resolvePath } from '../path.ts';
import { readAll } from '../pipe.ts';
import { bracket } from '../shell/pattern.ts';
import { unescape } from '../shell/format.ts';
import type { ProcessContext } from '../types.ts';
import { eachInput, isBusybox, lines, parseOptions, program, UsageFailure } from './support.ts';

/** Programs that pass text on: each line goes out as soon as it is known what becomes of it. */

/** A basic regular expression (`extended` false) or extended one as JavaScript's. @throws UsageFailure */
export function toRegExp(pattern: string, extended: boolean, flags: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '[') {
      const match = /^\[(\^?)(\]?(?:\[:\w+:\]|[^\]])*)\]/.exec(pattern.slice(at));
      if (match === null) throw new UsageFailure(`bad regex '${pattern}': Unmatched [, [^, [:, [., or [=`, 2);
      source += `[${match[1] ?? ''}${bracket(match[2] ?? '')}]`;
      at += match[0].length - 1;
    } else if (char === '\\') {
      const next = pattern[++at] ?? '';
      // A basic expression takes these as operators only with a backslash.
      if (!extended && '(){}|+?'.includes(next)) source += next;
      else if (next === '<' || next === '>') source += '\\b';
      else source += /[a-zA-Z0-9]/.test(next) && !'wWsSbB123456789'.includes(next) ? next : `\\${next}`;
    } else if (!extended && '(){}|+?'.includes(char)) source += `\\${char}`;
    else if (!extended && char === '*' && (source === '' || source === '^')) source += '\\*';
    else source += char === '/' ? '\\/' : char;
  }
  try {
    return new RegExp(source, flags);
  } catch {
    throw new UsageFailure(`bad regex '${pattern}'`, 2);
  }
}

export const head = program('head', async (context, args) => {
  const options = parseOptions(args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')), { short: 'n:c:qv', long: { 'lines=': 'n', 'bytes=': 'c' } }); // prettier-ignore
  const count = Number(options.value('n') ?? 10);
  const bytes = options.value('c') === undefined ? undefined : Number(options.value('c'));
  const many = options.operands.length > 1;
  let first = true;
  return eachInput(context, 'head', options.operands, async (source, name) => {
    if (many) await context.stdout.write(`${first ? '' : '\n'}==> ${name} <==\n`);
    first = false;
    if (bytes !== undefined) {
      for (let left = bytes; left > 0;) {
        const chunk = await source.read();
        if (chunk === undefined) break;
        await context.stdout.write(chunk.subarray(0, left));
        left -= chunk.length;
      }
      return;
    }
    if (count === 0) return;
    let seen = 0;
    for await (const line of lines(source)) {
      await context.stdout.write(`${line}\n`);
      if (++seen >= count) break;
    }
  });
});

export const tail = program('tail', async (context, args) => {
  const options = parseOptions(args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')), { short: 'n:c:fFqs:', long: { 'lines=': 'n', follow: 'f' } }); // prettier-ignore
  const wanted = options.value('n') ?? '10';
  const fromStart = wanted.startsWith('+');
  const count = Math.abs(Number(wanted));
  const follow = options.has('f') || options.has('F');
  const status = await eachInput(context, 'tail', options.operands, async (source) => {
    if (options.value('c') !== undefined) {
      await context.stdout.write((await readAll(source)).slice(-Number(options.value('c'))));
      return;
    }
    const kept: string[] = [];
    let number = 0;
    for await (const line of lines(source)) {
      number++;
      if (fromStart) {
        if (number >= count) await context.stdout.write(`${line}\n`);
        continue;
      }
      kept.push(line);
      if (kept.length > count) kept.shift();
    }
    for (const line of kept) await context.stdout.write(`${line}\n`);
  });
  if (!follow || options.operands.length === 0) return status;
  const paths = options.operands.map((name) => resolvePath(context.cwd, name));
  const sizes = new Map(
    paths.map((path) => [path, context.fs.exists(path) ? context.fs.stat(path).size : 0]),
  );
  for (;;) {
    await context.clock.sleep(Number(options.value('s') ?? 1) * 1000);
    for (const path of paths) {
      if (!context.fs.exists(path)) continue;
      const data = context.fs.readFile(path);
      const from = sizes.get(path) ?? 0;
      if (data.length !== from) await context.stdout.write(data.subarray(data.length < from ? 0 : from));
      sizes.set(path, data.length);
    }
  }
});

export const grep = program('grep', async (context, args) => {
  const options = parseOptions(args, { short: 'qvicEoe:FnlwxHhrRsm:A:B:C:', long: { quiet: 'q', count: 'c', 'ignore-case': 'i', 'invert-match': 'v', color: 'E' } }); // prettier-ignore
  const operands = [...options.operands];
  const patterns = options.values('e');
  if (patterns.length === 0) {
    const [pattern] = operands.splice(0, 1);
    if (pattern === undefined) throw new UsageFailure('missing pattern', 2);
    patterns.push(...pattern.split('\n'));
  }
  const flags = options.has('i') ? 'gi' : 'g';
  const expressions = patterns.map((pattern) => {
    const expression = options.has('F')
      ? new RegExp(pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), flags)
      : toRegExp(pattern, options.has('E'), flags);
    if (options.has('x')) return new RegExp(`^(?:${expression.source})$`, flags);
    return options.has('w') ? new RegExp(`\\b(?:${expression.source})\\b`, flags) : expression;
  });
  const recursive = options.has('r') || options.has('R');
  const names = recursive
    ? (operands.length === 0 ? ['.'] : operands).flatMap((name) => filesUnder(context, name))
    : operands;
  const showNames = !options.has('h') && (names.length > 1 || options.has('H') || recursive);
  const limit = Number(options.value('m') ?? Infinity);
  let matches = 0;
  const after = Number(options.value('A') ?? options.value('C') ?? 0);
  const before = Number(options.value('B') ?? options.value('C') ?? 0);
  const failed = await eachInput(context, 'grep', names, async (source, name) => {
    const head = (mark: ':' | '-', at: number): string =>
      (showNames ? `${name}${mark}` : '') + (options.has('n') ? `${at}${mark}` : '');
    let count = 0;
    let number = 0;
    let left = 0;
    let lastShown = 0;
    const earlier: string[] = [];
    for await (const line of lines(source)) {
      number++;
      const found = expressions.flatMap((expression) => [...line.matchAll(expression)]);
      if (found.length > 0 === options.has('v')) {
        if (left > 0) {
          left--;
          lastShown = number;
          await context.stdout.write(`${head('-', number)}${line}\n`);
        } else if (before > 0) {
          earlier.push(line);
          if (earlier.length > before) earlier.shift();
        }
        continue;
      }
      count++;
      matches++;
      if (options.has('q') || options.has('l')) break;
      if (!options.has('c')) {
        const gap = number - earlier.length > lastShown + 1 && lastShown > 0;
        if (gap && before + after > 0) await context.stdout.write('--\n');
        for (const [index, each] of earlier.entries())
          await context.stdout.write(`${head('-', number - earlier.length + index)}${each}\n`);
        earlier.length = 0;
        left = after;
        lastShown = number;
        const prefix = head(':', number);
        const texts = options.has('o') ? found.map(([text]) => text).filter((text) => text !== '') : [line];
        for (const text of texts) await context.stdout.write(`${prefix}${text}\n`);
      }
      if (count >= limit) break;
    }
    if (options.has('c')) await context.stdout.write(`${showNames ? `${name}:` : ''}${count}\n`);
    if (options.has('l') && count > 0) await context.stdout.write(`${name}\n`);
  }, (name, error) => `${name}: ${error.message}`); // prettier-ignore
  if (failed !== 0 && !(matches > 0 && options.has('q'))) return 2;
  return matches > 0 ? 0 : 1;
});

function filesUnder(context: ProcessContext, name: string): string[] {
  const path = resolvePath(context.cwd, name);
  if (!context.fs.exists(path) || context.fs.stat(path).type !== 'directory') return [name];
  const inside = context.fs.list(path).map((each) => `${name.replace(/\/$/, '')}/${each}`);
  return inside.filter((each) => !leadsToFolder(context, each)).flatMap((each) => filesUnder(context, each));
}

/** A link to a folder, which is not followed below what was named. */
function leadsToFolder({ cwd, fs }: ProcessContext, name: string): boolean {
  const path = resolvePath(cwd, name);
  return fs.readLink(path) !== undefined && fs.exists(path) && fs.stat(path).type === 'directory';
}

export const wc = program('wc', async (context, args) => {
  const options = parseOptions(args, { short: 'lwcmL' });
  const chosen = ['l', 'w', 'c'].filter(
    (letter) => options.has(letter) || (letter === 'c' && options.has('m')),
  );
  const shown = chosen.length === 0 ? ['l', 'w', 'c'] : chosen;
  const totals: Record<string, number> = { l: 0, w: 0, c: 0 };
  const row = (counts: Record<string, number>, name: string): string => {
    const numbers = shown.map((letter) => String(counts[letter] ?? 0));
    const text =
      numbers.length === 1
        ? (numbers[0] ?? '')
        : numbers.map((each) => each.padStart(isBusybox(context) ? 9 : 7)).join(' ');
    return `${text}${name === '' ? '' : ` ${name}`}\n`;
  };
  const status = await eachInput(context, 'wc', options.operands, async (source, name) => {
    const counts: Record<string, number> = { l: 0, w: 0, c: 0 };
    let inWord = false;
    for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
      counts['c'] = (counts['c'] ?? 0) + chunk.length;
      for (const byte of chunk) {
        if (byte === 0x0a) counts['l'] = (counts['l'] ?? 0) + 1;
        const blank = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
        if (!blank && !inWord) counts['w'] = (counts['w'] ?? 0) + 1;
        inWord = !blank;
      }
    }
    for (const letter of Object.keys(totals)) totals[letter] = (totals[letter] ?? 0) + (counts[letter] ?? 0);
    await context.stdout.write(row(counts, options.operands.length === 0 ? '' : name));
  });
  if (options.operands.length > 1) await context.stdout.write(row(totals, 'total'));
  return status;
});

export const sort = program('sort', async (context, args) => {
  const options = parseOptions(args, { short: 'rnuk:t:hfbVo:s' });
  const all: string[] = [];
  const status = await eachInput(context, 'sort', options.operands, async (source) => {
    for await (const line of lines(source)) all.push(line);
  });
  const [, fieldText, letters = ''] = /^(\d+)[\d,.]*([a-z]*)/.exec(options.value('k') ?? '') ?? [];
  const separator = options.value('t');
  const key = (line: string): string => {
    if (fieldText === undefined) return line;
    const fields = separator === undefined ? line.trim().split(/\s+/) : line.split(separator);
    return fields.slice(Number(fieldText) - 1).join(separator ?? ' ');
  };
  const numeric = options.has('n') || options.has('h') || letters.includes('n');
  const reverse = options.has('r') || letters.includes('r');
  const compare = (a: string, b: string): number => {
    if (numeric) return (parseFloat(key(a)) || 0) - (parseFloat(key(b)) || 0);
    const [left, right] = options.has('f') ? [key(a).toUpperCase(), key(b).toUpperCase()] : [key(a), key(b)];
    return options.has('V')
      ? left.localeCompare(right, 'en', { numeric: true })
      : left < right
        ? -1
        : left > right
          ? 1
          : 0;
  };
  all.sort((a, b) => (reverse ? -1 : 1) * (compare(a, b) || (numeric ? (a < b ? -1 : a > b ? 1 : 0) : 0)));
  const result = options.has('u')
    ? all.filter((line, index) => index === 0 || compare(all[index - 1] ?? '', line) !== 0)
    : all;
  for (const line of result) await context.stdout.write(`${line}\n`);
  return status;
});

export const uniq = program('uniq', async (context, args) => {
  const options = parseOptions(args, { short: 'cdui' });
  let previous: string | undefined;
  let count = 0;
  const flush = async (): Promise<void> => {
    if (previous === undefined || (options.has('d') && count < 2) || (options.has('u') && count > 1)) return;
    await context.stdout.write(`${options.has('c') ? `${String(count).padStart(7)} ` : ''}${previous}\n`);
  };
  return eachInput(context, 'uniq', options.operands.slice(0, 1), async (source) => {
    for await (const line of lines(source)) {
      if (line === previous) count++;
      else {
        await flush();
        previous = line;
        count = 1;
      }
    }
    await flush();
  });
});

/** The positions that a list like `1,3-5,7-` names. */
function inList(list: string): (position: number) => boolean {
  const ranges = list.split(',').map((part) => {
    const [, from = '', dash, to = ''] = /^(\d*)(-?)(\d*)$/.exec(part) ?? [];
    if (from === '' && to === '') throw new UsageFailure(`invalid range '${list}'`);
    return [Number(from || 1), dash === '-' ? Number(to || Infinity) : Number(from)] as const;
  });
  return (position) => ranges.some(([from, to]) => position >= from && position <= to);
}

export const cut = program('cut', async (context, args) => {
  const options = parseOptions(args, { short: 'd:f:c:b:s' });
  const characters = options.value('c') ?? options.value('b');
  const fields = options.value('f');
  const list = characters ?? fields;
  if (list === undefined) throw new UsageFailure('expected a list of bytes, characters, or fields');
  const wanted = inList(list);
  const separator = options.value('d') ?? '\t';
  return eachInput(context, 'cut', options.operands, async (source) => {
    for await (const line of lines(source)) {
      if (characters !== undefined)
        await context.stdout.write(
          `${Array.from(line)
            .filter((_, index) => wanted(index + 1))
            .join('')}\n`,
        );
      else if (line.includes(separator))
        await context.stdout.write(`${line.split(separator).filter((_, index) => wanted(index + 1)).join(separator)}\n`); // prettier-ignore
      else if (!options.has('s')) await context.stdout.write(`${line}\n`);
    }
  });
});

/** The characters of a tr(1) set, with ranges and classes. */
function characterSet(text: string): string[] {
  const classes: Record<string, string> = { lower: 'a-z', upper: 'A-Z', digit: '0-9', alpha: 'A-Za-z', alnum: 'A-Za-z0-9', space: ' \t\n\r\f\v', blank: ' \t' }; // prettier-ignore
  const expanded = unescape(text.replace(/\[:(\w+):\]/g, (_, name: string) => classes[name] ?? ''));
  const characters: string[] = [];
  for (let at = 0; at < expanded.length; at++) {
    const from = expanded.charCodeAt(at);
    if (expanded[at + 1] === '-' && at + 2 < expanded.length) {
      for (let code = from; code <= expanded.charCodeAt(at + 2); code++)
        characters.push(String.fromCharCode(code));
      at += 2;
    } else characters.push(String.fromCharCode(from));
  }
  return characters;
}

export const tr = program('tr', async (context, args) => {
  const options = parseOptions(args, { short: 'dscC' });
  const [first = '', second] = options.operands;
  const from = characterSet(first);
  const to = second === undefined ? [] : characterSet(second);
  const complement = options.has('c') || options.has('C');
  const isIn = (char: string): boolean => from.includes(char) !== complement;
  let last = '';
  const decoder = new TextDecoder();
  for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read()) {
    let output = '';
    for (const char of decoder.decode(chunk, { stream: true })) {
      const member = isIn(char);
      if (member && options.has('d')) continue;
      const mapped =
        member && to.length > 0 ? (complement ? to.at(-1) : (to[from.lastIndexOf(char)] ?? to.at(-1))) : char;
      const squeeze = options.has('s') && (to.length > 0 ? to.includes(mapped ?? '') : member);
      if (squeeze && mapped === last) continue;
      last = mapped ?? '';
      output += last;
    }
    await context.stdout.write(output);
  }
  return 0;
});

export const xargs = program('xargs', async (context, args) => {
  const options = parseOptions(args, { short: 'n:I:r0tP:', stopAtOperand: true });
  const words = new TextDecoder().decode(await readAll(context.stdin)).split(options.has('0') ? '\0' : options.has('I') ? '\n' : /\s+/).filter((word) => word !== ''); // prettier-ignore
  const command = options.operands.length === 0 ? ['echo'] : options.operands;
  const placeholder = options.value('I');
  const size = placeholder === undefined ? Number(options.value('n') ?? Infinity) : 1;
  let status = 0;
  const runs = words.length === 0 && !options.has('r') ? [[]] : [];
  for (let at = 0; at < words.length; at += size) runs.push(words.slice(at, at + size) as never[]);
  for (const batch of runs as string[][]) {
    const argv =
      placeholder === undefined
        ? [...command, ...batch]
        : command.map((word) => word.replaceAll(placeholder, batch[0] ?? ''));
    if (options.has('t')) await context.stderr.write(`${argv.join(' ')}\n`);
    const { code } = await context.spawn(argv).exit;
    if (code !== 0) status = 123;
  }
  return status;
});
