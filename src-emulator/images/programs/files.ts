import { resolvePath } from '../path.ts';
import { openSink } from '../open.ts';
import { isTerminal } from '../process.ts';
import { FileError, type FileStat, type ProcessContext } from '../types.ts';
import { formatDate } from './basics.ts';
import { entryStat, permissions } from './entries.ts';
import { eachInput, isBusybox, parseOptions, program, UsageFailure } from './support.ts';

/** Programs that look at files and change them. */

export const cat = program('cat', async (context, args) => {
  const options = parseOptions(args, { short: 'nuAevt' });
  let number = 0;
  return eachInput(context, 'cat', options.operands, async (source) => {
    let rest = '';
    for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
      if (!options.has('n')) {
        await context.stdout.write(chunk);
        continue;
      }
      const parts = (rest + new TextDecoder().decode(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) await context.stdout.write(`${String(++number).padStart(6)}\t${line}\n`);
    }
    if (rest !== '') await context.stdout.write(`${String(++number).padStart(6)}\t${rest}`);
  });
});

export const ls = program('ls', async (context, args) => {
  const options = parseOptions(args, { short: 'la1AdhRrtFSpCin', long: { all: 'a', color: 'C' } });
  const operands = options.operands.length === 0 ? ['.'] : options.operands;
  const stats = new Map<string, FileStat>();
  let status = 0;
  for (const name of operands) {
    try {
      const path = resolvePath(context.cwd, name);
      stats.set(
        name,
        options.has('l') || options.has('d') ? entryStat(context, path) : context.fs.stat(path),
      );
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const gnu = !isBusybox(context);
      await context.stderr.write(`ls: ${gnu ? `cannot access '${name}'` : name}: ${error.message}\n`);
      status = gnu ? 2 : 1;
    }
  }
  const isFolder = (name: string): boolean => stats.get(name)?.type === 'directory' && !options.has('d');
  const files = [...stats.keys()].filter((name) => !isFolder(name));
  if (files.length > 0) await printEntries(context, options, files.map((name) => [name, resolvePath(context.cwd, name)])); // prettier-ignore
  const folders = [...stats.keys()].filter(isFolder);
  let first = files.length === 0;
  while (folders.length > 0) {
    const folder = folders.shift() ?? '';
    if (stats.size > 1 || status !== 0 || options.has('R'))
      await context.stdout.write(`${first ? '' : '\n'}${folder}:\n`);
    first = false;
    const path = resolvePath(context.cwd, folder);
    const names = context.fs
      .list(path)
      .filter((name) => options.has('a') || options.has('A') || !name.startsWith('.'));
    const dots = options.has('a') ? ['.', '..'] : [];
    await printEntries(
      context,
      options,
      [...dots, ...names].map((name) => [name, resolvePath(path, name)]),
      true,
    );
    if (options.has('R'))
      folders.unshift(
        ...names
          .filter((name) => entryStat(context, resolvePath(path, name)).type === 'directory')
          .map((name) => `${folder}/${name}`),
      );
  }
  return status;
});

type Flags = ReturnType<typeof parseOptions>;

async function printEntries(
  context: ProcessContext,
  options: Flags,
  entries: [string, string][],
  total = false,
): Promise<void> {
  const rows = entries.map(([name, path]) => ({
    name,
    stat: entryStat(context, path),
    link: context.fs.readLink(path),
  }));
  if (options.has('t')) rows.sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
  if (options.has('S')) rows.sort((a, b) => b.stat.size - a.stat.size);
  if (options.has('r')) rows.reverse();
  const label = (row: (typeof rows)[number]): string =>
    row.name + ((options.has('F') || options.has('p')) && row.stat.type === 'directory' ? '/' : '');
  if (options.has('l')) {
    const blocks = rows.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0);
    if (total) await context.stdout.write(`total ${blocks}\n`);
    const now = context.clock.now();
    for (const row of rows) {
      const size = options.has('h') ? humanSize(row.stat.size) : String(row.stat.size);
      const recent = now - row.stat.mtimeMs < 15_768_000_000;
      const when = formatDate(recent ? '%b %e %H:%M' : '%b %e  %Y', row.stat.mtimeMs);
      const links = row.stat.type === 'directory' ? 2 : 1;
      await context.stdout.write(
        `${permissions(row.stat)} ${String(links).padStart(4)} root     root     ${size.padStart(9)} ${when} ${label(row)}${row.link === undefined ? '' : ` -> ${row.link}`}\n`,
      );
    }
    return;
  }
  const names = rows.map(label);
  if (options.has('1') || !isTerminal(context, 1)) {
    if (names.length > 0) await context.stdout.write(`${names.join('\n')}\n`);
    return;
  }
  const width = Math.max(0, ...names.map((name) => name.length)) + 2;
  const columns = Math.max(1, Math.floor((context.terminal?.size.columns ?? 80) / width));
  const height = Math.ceil(names.length / columns);
  for (let row = 0; row < height; row++) {
    const line = names.filter((_, index) => index % height === row).map((name) => name.padEnd(width));
    await context.stdout.write(`${line.join('').trimEnd()}\n`);
  }
}

function humanSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G'];
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < 3; unit++) value /= 1024;
  return unit === 0 ? String(bytes) : `${value.toFixed(1)}${units[unit] ?? ''}`;
}

/** Runs `action` for each operand; a failure is complained of and makes the status 1. */
async function forEachOperand(
  context: ProcessContext,
  operands: readonly string[],
  action: (path: string, name: string) => void,
  describe: (name: string, error: FileError, gnu: boolean) => string,
): Promise<number> {
  let status = 0;
  for (const name of operands) {
    try {
      action(resolvePath(context.cwd, name), name);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await context.stderr.write(`${describe(name, error, !isBusybox(context))}\n`);
      status = 1;
    }
  }
  return status;
}

export const touch = program('touch', async (context, args) => {
  const options = parseOptions(args, { short: 'cam', long: { 'no-create': 'c' } });
  if (options.operands.length === 0) throw new UsageFailure('missing operand');
  return forEachOperand(
    context,
    options.operands,
    (path) => {
      if (context.fs.exists(path) && context.fs.stat(path).type === 'directory') return;
      if (!options.has('c') || context.fs.exists(path)) context.fs.writeFile(path, '', { append: true });
    },
    (name, error, gnu) => `touch: ${gnu ? `cannot touch '${name}'` : name}: ${error.message}`,
  );
});

export const mkdir = program('mkdir', async (context, args) => {
  const options = parseOptions(args, { short: 'pm:', long: { parents: 'p' } });
  if (options.operands.length === 0) throw new UsageFailure('missing operand');
  return forEachOperand(
    context,
    options.operands,
    (path) => context.fs.mkdir(path, { recursive: options.has('p') }),
    (name, error, gnu) =>
      `mkdir: ${gnu ? 'cannot' : "can't"} create directory ${gnu ? '‘' : "'"}${name}${gnu ? '’' : "'"}: ${error.message}`,
  );
});

export const rmdir = program('rmdir', (context, args) =>
  forEachOperand(
    context,
    args,
    (path) => {
      if (context.fs.stat(path).type !== 'directory') throw new FileError('ENOTDIR', 'Not a directory');
      context.fs.remove(path);
    },
    (name, error) => `rmdir: '${name}': ${error.message}`,
  ),
);

export const rm = program('rm', async (context, args) => {
  const options = parseOptions(args, { short: 'rRfiv', long: { recursive: 'r', force: 'f' } });
  const recursive = options.has('r') || options.has('R');
  if (options.operands.length === 0 && !options.has('f')) throw new UsageFailure('missing operand');
  return forEachOperand(
    context,
    options.operands,
    (path) => {
      const isLink = context.fs.readLink(path) !== undefined;
      if (options.has('f') && !isLink && !context.fs.exists(path)) return;
      if (!isLink && !recursive && context.fs.stat(path).type === 'directory')
        throw new FileError('EISDIR', 'is a directory');
      context.fs.remove(path, { recursive });
    },
    (name, error, gnu) => {
      if (gnu)
        return `rm: cannot remove '${name}': ${error.code === 'EISDIR' ? 'Is a directory' : error.message}`;
      if (error.code === 'EISDIR') return `rm: '${name}' is a directory`;
      return `rm: can't remove '${name}': ${error.message}`;
    },
  );
});

/** Where a copy goes: into a folder under its own name, else to the target itself. */
function targetOf(context: ProcessContext, source: string, target: string): string {
  const path = resolvePath(context.cwd, target);
  const isFolder = context.fs.exists(path) && context.fs.stat(path).type === 'directory';
  return isFolder ? resolvePath(path, source.replace(/\/+$/, '').split('/').at(-1) ?? '') : path;
}

function copyTree(context: ProcessContext, from: string, to: string): void {
  const stat = context.fs.stat(from);
  if (stat.type !== 'directory') {
    context.fs.writeFile(to, context.fs.readFile(from), { mode: stat.mode });
    return;
  }
  context.fs.mkdir(to, { recursive: true });
  for (const name of context.fs.list(from)) copyTree(context, resolvePath(from, name), resolvePath(to, name));
}

export const cp = program('cp', async (context, args) => {
  const options = parseOptions(args, { short: 'rRafpLv', long: { recursive: 'r', archive: 'a' } });
  const sources = options.operands.slice(0, -1);
  const target = options.operands.at(-1);
  if (target === undefined || sources.length === 0) throw new UsageFailure('missing operand');
  const recursive = options.has('r') || options.has('R') || options.has('a');
  return forEachOperand(
    context,
    sources,
    (path, name) => {
      if (!recursive && context.fs.stat(path).type === 'directory')
        throw new FileError('EISDIR', 'omitting directory');
      copyTree(context, path, targetOf(context, name, target));
    },
    (name, error, gnu) =>
      error.code === 'EISDIR'
        ? `cp: omitting directory '${name}'`
        : `cp: ${gnu ? 'cannot' : "can't"} stat '${name}': ${error.message}`,
  );
});

export const mv = program('mv', async (context, args) => {
  const options = parseOptions(args, { short: 'fivn' });
  const sources = options.operands.slice(0, -1);
  const target = options.operands.at(-1);
  if (target === undefined || sources.length === 0) throw new UsageFailure('missing operand');
  return forEachOperand(
    context,
    sources,
    (path, name) => {
      const to = targetOf(context, name, target);
      try {
        context.fs.rename(path, to);
      } catch (error) {
        if (!(error instanceof FileError) || error.code !== 'EXDEV') throw error;
        copyTree(context, path, to);
        context.fs.remove(path, { recursive: true });
      }
    },
    (name, error, gnu) => `mv: ${gnu ? 'cannot stat' : "can't rename"} '${name}': ${error.message}`,
  );
});

export const chmod = program('chmod', async (context, args) => {
  const [mode = '', ...names] = args.filter((arg) => arg !== '-R');
  const symbolic = /^([ugoa]*)([-+=])([rwx]+)$/.exec(mode);
  if (symbolic === null && !/^[0-7]{3,4}$/.test(mode)) throw new UsageFailure(`invalid mode '${mode}'`);
  return forEachOperand(
    context,
    names,
    (path) => {
      const old = context.fs.stat(path).mode;
      let next = parseInt(mode, 8);
      if (symbolic !== null) {
        const [, who = '', operator, what = ''] = symbolic;
        const bits = Array.from(what).reduce(
          (sum, letter) => sum | { r: 4, w: 2, x: 1 }[letter as 'r' | 'w' | 'x'],
          0,
        );
        const shifts =
          who === '' || who.includes('a')
            ? [0, 3, 6]
            : Array.from(who).map((letter) => ({ u: 6, g: 3, o: 0 })[letter as 'u' | 'g' | 'o']);
        const mask = shifts.reduce((sum, shift) => sum | (bits << shift), 0);
        next = operator === '+' ? old | mask : operator === '-' ? old & ~mask : mask;
      }
      context.fs.writeFile(path, '', { append: true, mode: next });
    },
    (name, error) => `chmod: ${name}: ${error.message}`,
  );
});

export const tee = program('tee', async (context, args) => {
  const options = parseOptions(args, { short: 'ai', long: { append: 'a' } });
  const sinks = options.operands.map((name) =>
    openSink(context.fs, resolvePath(context.cwd, name), options.has('a')),
  );
  for (let chunk = await context.stdin.read(); chunk !== undefined; chunk = await context.stdin.read()) {
    await context.stdout.write(chunk);
    for (const sink of sinks) await sink.write(chunk);
  }
  return 0;
});

export const which = program('which', async (context, args) => {
  let status = 0;
  for (const name of args) {
    const folder = (context.env['PATH'] ?? '')
      .split(':')
      .find((each) => context.fs.exists(`${each}/${name}`));
    if (folder === undefined) status = 1;
    else await context.stdout.write(`${folder}/${name}\n`);
  }
  return status;
});
