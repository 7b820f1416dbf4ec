import { readAll } from '../pipe.ts';
import type { ProcessContext } from '../types.ts';
import { eachInput, lines, openInput, parseOptions, program, UsageFailure } from './support.ts';

/** Programs that compare texts, turn them round or set them side by side. */

async function linesOf(context: ProcessContext, name: string): Promise<string[]> {
  const text = new TextDecoder().decode(await readAll(openInput(context, name)));
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

export const tac = program('tac', (context, args) =>
  eachInput(context, 'tac', args, async (source) => {
    const all: string[] = [];
    for await (const line of lines(source)) all.unshift(line);
    for (const line of all) await context.stdout.write(`${line}\n`);
  }),
);

export const rev = program('rev', (context, args) =>
  eachInput(context, 'rev', args, async (source) => {
    for await (const line of lines(source))
      await context.stdout.write(`${Array.from(line).reverse().join('')}\n`);
  }),
);

export const nl = program('nl', async (context, args) => {
  const options = parseOptions(args, { short: 'b:w:s:v:' });
  const width = Number(options.value('w') ?? 6);
  let number = Number(options.value('v') ?? 1);
  return eachInput(context, 'nl', options.operands, async (source) => {
    for await (const line of lines(source)) {
      const counts = line !== '' || options.value('b') === 'a';
      const label = counts ? String(number++).padStart(width) : ' '.repeat(width);
      await context.stdout.write(`${label}${counts ? (options.value('s') ?? '\t') : ' '}${line}\n`);
    }
  });
});

export const fold = program('fold', async (context, args) => {
  const options = parseOptions(args, { short: 'w:sb', long: { 'width=': 'w' } });
  const width = Number(options.value('w') ?? 80);
  return eachInput(context, 'fold', options.operands, async (source) => {
    for await (const line of lines(source)) {
      const chars = Array.from(line);
      do await context.stdout.write(`${chars.splice(0, width).join('')}\n`);
      while (chars.length > 0);
    }
  });
});

export const paste = program('paste', async (context, args) => {
  const options = parseOptions(args, { short: 'd:s' });
  const separator = options.value('d') ?? '\t';
  const columns = await Promise.all(
    (options.operands.length === 0 ? ['-'] : options.operands).map((name) => linesOf(context, name)),
  );
  if (options.has('s'))
    for (const column of columns) await context.stdout.write(`${column.join(separator)}\n`);
  else
    for (let row = 0; row < Math.max(...columns.map((column) => column.length)); row++)
      await context.stdout.write(`${columns.map((column) => column[row] ?? '').join(separator)}\n`);
  return 0;
});

export const comm = program('comm', async (context, args) => {
  const options = parseOptions(args, { short: '123' });
  const [first = '-', second = '-'] = options.operands;
  const left = await linesOf(context, first);
  const right = await linesOf(context, second);
  const indent = (column: 2 | 3): string =>
    '\t'.repeat((options.has('1') ? 0 : 1) + (column === 3 && !options.has('2') ? 1 : 0));
  while (left.length > 0 || right.length > 0) {
    const [a, b] = [left[0], right[0]];
    if (a !== undefined && a === b) {
      left.shift();
      right.shift();
      if (!options.has('3')) await context.stdout.write(`${indent(3)}${a}\n`);
    } else if (b === undefined || (a !== undefined && a < b)) {
      left.shift();
      if (!options.has('1')) await context.stdout.write(`${a ?? ''}\n`);
    } else {
      right.shift();
      if (!options.has('2')) await context.stdout.write(`${indent(2)}${b}\n`);
    }
  }
  return 0;
});

export const cmp = program('cmp', async (context, args) => {
  const options = parseOptions(args, { short: 'sl' });
  const [first = '-', second = '-'] = options.operands;
  const a = await readAll(openInput(context, first));
  const b = await readAll(openInput(context, second));
  const at = a.findIndex((byte, index) => byte !== b[index]);
  if (at === -1 && a.length === b.length) return 0;
  if (!options.has('s')) {
    const line = 1 + a.subarray(0, Math.max(0, at)).filter((byte) => byte === 10).length;
    if (at === -1 || at >= b.length)
      await context.stderr.write(`cmp: EOF on ${a.length < b.length ? first : second}\n`);
    else await context.stdout.write(`${first} ${second} differ: byte ${at + 1}, line ${line}\n`);
  }
  return 1;
});

type Change = { kind: ' ' | '-' | '+'; line: string };

/** The fewest removed and added lines that make one text of the other, by their longest common part. */
function changesBetween(a: readonly string[], b: readonly string[]): Change[] {
  const common: number[][] = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row === undefined) continue;
      row[j] =
        a[i] === b[j]
          ? (common[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(common[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      changes.push({ kind: ' ', line: a[i] ?? '' });
      i++;
      j++;
    } else if (i < a.length && (j >= b.length || (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)))
      changes.push({ kind: '-', line: a[i++] ?? '' });
    else changes.push({ kind: '+', line: b[j++] ?? '' });
  }
  return changes;
}

const MAX_DIFF_LINES = 5000;

/** diff(1): the normal form, and -u. */
export const diff = program('diff', async (context, args) => {
  const options = parseOptions(args, { short: 'uqbwiNrU:', long: { brief: 'q', unified: 'u' } });
  const [first, second] = options.operands;
  if (first === undefined || second === undefined) throw new UsageFailure('missing operand', 2);
  const a = await linesOf(context, first);
  const b = await linesOf(context, second);
  if (a.length > MAX_DIFF_LINES || b.length > MAX_DIFF_LINES) throw new UsageFailure('files too large', 2);
  const changes = changesBetween(a, b);
  if (changes.every(({ kind }) => kind === ' ')) return 0;
  if (options.has('q')) await context.stdout.write(`Files ${first} and ${second} differ\n`);
  else if (options.has('u') || options.has('U')) await context.stdout.write(unified(first, second, changes));
  else await context.stdout.write(normal(changes));
  return 1;
});

function normal(changes: readonly Change[]): string {
  let output = '';
  let [left, right] = [0, 0];
  for (let at = 0; at < changes.length;) {
    if (changes[at]?.kind === ' ') {
      left++;
      right++;
      at++;
      continue;
    }
    const start = at;
    while (at < changes.length && changes[at]?.kind !== ' ') at++;
    const block = changes.slice(start, at);
    const gone = block.filter(({ kind }) => kind === '-');
    const come = block.filter(({ kind }) => kind === '+');
    const range = (from: number, count: number): string =>
      count > 1 ? `${from + 1},${from + count}` : String(from + Math.min(1, count));
    const letter = gone.length === 0 ? 'a' : come.length === 0 ? 'd' : 'c';
    output += `${range(left, gone.length)}${letter}${range(right, come.length)}\n`;
    output += gone.map(({ line }) => `< ${line}\n`).join('');
    if (letter === 'c') output += '---\n';
    output += come.map(({ line }) => `> ${line}\n`).join('');
    left += gone.length;
    right += come.length;
  }
  return output;
}

function unified(first: string, second: string, changes: readonly Change[]): string {
  const near = changes.map((_, at) =>
    changes.slice(Math.max(0, at - 3), at + 4).some(({ kind }) => kind !== ' '),
  );
  let output = `--- ${first}\n+++ ${second}\n`;
  let [left, right] = [1, 1];
  for (let at = 0; at < changes.length;) {
    if (near[at] !== true) {
      left++;
      right++;
      at++;
      continue;
    }
    const start = at;
    while (at < changes.length && near[at] === true) at++;
    const block = changes.slice(start, at);
    const [old, fresh] = [
      block.filter(({ kind }) => kind !== '+').length,
      block.filter(({ kind }) => kind !== '-').length,
    ];
    const range = (from: number, count: number): string =>
      count === 1 ? String(from) : `${count === 0 ? from - 1 : from},${count}`;
    output += `@@ -${range(left, old)} +${range(right, fresh)} @@\n${block.map(({ kind, line }) => `${kind}${line}\n`).join('')}`;
    left += old;
    right += fresh;
  }
  return output;
}
