import { resolvePath } from '../path.ts';
import { FileError, type ProcessContext } from '../types.ts';
import { formatDate } from './basics.ts';
import { entryStat, permissions } from './entries.ts';
import { parseOptions, program, UsageFailure } from './support.ts';

/** Programs about paths: links, what they lead to, what the files are. */

export const ln = program('ln', async (context, args) => {
  const options = parseOptions(args, {
    short: 'sfnvT',
    long: { symbolic: 's', force: 'f', 'no-dereference': 'n' },
  });
  const targets = options.operands.length > 1 ? options.operands.slice(0, -1) : options.operands;
  const last = options.operands.at(-1);
  if (last === undefined) throw new UsageFailure('missing operand');
  if (!options.has('s')) throw new UsageFailure('hard links are not supported');
  for (const target of targets) {
    const base = target.replace(/\/+$/, '').split('/').at(-1) ?? '';
    let path = resolvePath(context.cwd, options.operands.length > 1 ? last : base);
    const isFolder = context.fs.exists(path) && context.fs.stat(path).type === 'directory';
    if (isFolder && !options.has('T') && !(options.has('n') && context.fs.readLink(path) !== undefined))
      path = resolvePath(path, base);
    if (options.has('f') && (context.fs.readLink(path) !== undefined || context.fs.exists(path)))
      context.fs.remove(path);
    try {
      context.fs.symlink(target, path);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new UsageFailure(`${last}: ${error.message}`);
    }
  }
  return 0;
});

/** The path without links. @throws FileError */
function realPath(context: ProcessContext, path: string, links = 40): string {
  const parts = resolvePath(context.cwd, path).split('/').slice(1);
  for (let count = 1; count <= parts.length; count++) {
    const prefix = `/${parts.slice(0, count).join('/')}`;
    const target = context.fs.readLink(prefix);
    if (target !== undefined && links > 0)
      return realPath(
        context,
        [resolvePath(resolvePath(prefix, '..'), target), ...parts.slice(count)].join('/'),
        links - 1,
      );
  }
  return `/${parts.join('/')}`;
}

export const readlink = program('readlink', async (context, args) => {
  const options = parseOptions(args, { short: 'fnemqs', long: { canonicalize: 'f' } });
  let status = 0;
  for (const operand of options.operands) {
    const found =
      options.has('f') || options.has('e')
        ? realPath(context, operand)
        : context.fs.readLink(resolvePath(context.cwd, operand));
    if (found === undefined) status = 1;
    else await context.stdout.write(options.has('n') ? found : `${found}\n`);
  }
  return status;
});

export const realpath = program('realpath', async (context, args) => {
  let status = 0;
  for (const operand of args.filter((arg) => !arg.startsWith('-'))) {
    const path = realPath(context, operand);
    if (context.fs.exists(resolvePath(path, '..'))) await context.stdout.write(`${path}\n`);
    else {
      await context.stderr.write(`realpath: ${operand}: No such file or directory\n`);
      status = 1;
    }
  }
  return status;
});

export const mktemp = program('mktemp', async (context, args) => {
  const options = parseOptions(args, { short: 'dup:tq' });
  const folder = options.value('p') ?? (options.operands.length > 0 ? '' : '/tmp/');
  const template = options.operands[0] ?? 'tmp.XXXXXX';
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const name = template.replace(/X+$/, (xs) => Array.from(xs, () => letters[Math.floor(Math.random() * letters.length)] ?? '').join('')); // prettier-ignore
  const path = folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`;
  const absolute = resolvePath(context.cwd, path);
  if (options.has('d')) context.fs.mkdir(absolute);
  else if (!options.has('u')) context.fs.writeFile(absolute, '', { mode: 0o600 });
  await context.stdout.write(`${path}\n`);
  return 0;
});

export const stat = program('stat', async (context, args) => {
  const options = parseOptions(args, { short: 'c:Lt', long: { 'format=': 'c' } });
  let status = 0;
  for (const operand of options.operands) {
    const path = resolvePath(context.cwd, operand);
    const link = options.has('L') ? undefined : context.fs.readLink(path);
    if (link === undefined && !context.fs.exists(path)) {
      await context.stderr.write(`stat: cannot stat '${operand}': No such file or directory\n`);
      status = 1;
      continue;
    }
    const { size, mode, mtimeMs, type } =
      link === undefined ? context.fs.stat(path) : entryStat(context, path);
    const kind = { file: size === 0 ? 'regular empty file' : 'regular file', directory: 'directory', symlink: 'symbolic link' }[type]; // prettier-ignore
    const when = formatDate('%Y-%m-%d %H:%M:%S.000000000 +0000', mtimeMs);
    const letters = permissions({ size, mode, mtimeMs, type });
    const fields: Record<string, string> = {
      n: operand, N: `'${operand}'`, s: String(size), a: mode.toString(8), A: letters, F: kind, U: 'root', G: 'root', u: '0', g: '0',
      Y: String(Math.floor(mtimeMs / 1000)), y: when, h: '1', b: String(Math.ceil(size / 4096) * 8), B: '512',
    }; // prettier-ignore
    const format = options.value('c');
    if (format !== undefined)
      await context.stdout.write(
        `${format.replace(/%(\w)/g, (whole, letter: string) => fields[letter] ?? whole)}\n`,
      );
    else
      await context.stdout.write(
        `  File: ${operand}${link === undefined ? '' : ` -> ${link}`}\n  Size: ${size}\t\tBlocks: ${fields['b'] ?? ''}\t   IO Block: 4096   ${kind}\nAccess: (${mode.toString(8).padStart(4, '0')}/${letters})  Uid: (    0/    root)   Gid: (    0/    root)\nModify: ${when}\n`,
      );
  }
  return status;
});
