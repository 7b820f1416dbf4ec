import { createHash } from 'node:crypto';
import { resolvePath } from '../path.ts';
import { readAll } from '../pipe.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';
import { eachInput, openInput, parseOptions, program, UsageFailure } from './support.ts';

/** Programs that turn bytes into text: check sums and base64. */

export const md5sum = checksum('md5sum', 'md5');
export const sha256sum = checksum('sha256sum', 'sha256');

function checksum(name: string, algorithm: string): Program {
  return program(name, async (context, args) => {
    const options = parseOptions(args, { short: 'csbt', long: { check: 'c', status: 's' } });
    if (options.has('c')) return check(context, name, algorithm, options.operands, options.has('s'));
    return eachInput(context, name, options.operands, async (source, file) => {
      const digest = createHash(algorithm)
        .update(await readAll(source))
        .digest('hex');
      await context.stdout.write(`${digest}  ${file}\n`);
    });
  });
}

/** Compares files with a list of sums. */
async function check(
  context: ProcessContext,
  tool: string,
  algorithm: string,
  lists: readonly string[],
  silent: boolean,
): Promise<number> {
  let wrong = 0;
  let listed = 0;
  const status = await eachInput(context, tool, lists, async (source) => {
    for (const line of new TextDecoder().decode(await readAll(source)).split('\n')) {
      const [, wanted, file] = /^([0-9a-f]+) [ *](.+)$/.exec(line) ?? [];
      if (wanted === undefined || file === undefined) continue;
      listed++;
      const path = resolvePath(context.cwd, file);
      const same =
        context.fs.exists(path) &&
        createHash(algorithm).update(context.fs.readFile(path)).digest('hex') === wanted;
      if (!same) wrong++;
      if (!silent) await context.stdout.write(`${file}: ${same ? 'OK' : 'FAILED'}\n`);
    }
  });
  if (wrong > 0 && !silent)
    await context.stderr.write(`${tool}: WARNING: ${wrong} of ${listed} computed checksums did NOT match\n`);
  return wrong > 0 ? 1 : status;
}

/** base64(1): lines of 76 characters, or as `-w` says; `-d` turns them back. */
export const base64 = program('base64', async (context, args) => {
  const options = parseOptions(args, { short: 'diw:', long: { decode: 'd', 'wrap=': 'w' } });
  const file = options.operands[0] ?? '-';
  let data: Uint8Array;
  try {
    data = await readAll(openInput(context, file));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UsageFailure(`${file}: ${error.message}`);
  }
  if (options.has('d')) {
    const text = new TextDecoder().decode(data).replaceAll(/\s/g, '');
    const good = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(text)?.[0] ?? '';
    await context.stdout.write(Buffer.from(good, 'base64'));
    if (good.length < text.length) throw new UsageFailure('invalid input');
    return 0;
  }
  const width = Number(options.value('w') ?? 76);
  const text = Buffer.from(data).toString('base64');
  if (width === 0) await context.stdout.write(text);
  else
    for (let at = 0; at < text.length; at += width)
      await context.stdout.write(`${text.slice(at, at + width)}\n`);
  return 0;
});
