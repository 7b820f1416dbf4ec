import { readAll } from '../pipe.ts';
import { isTerminal } from '../process.ts';
import type { ProcessContext, Program, TerminalHandle } from '../types.ts';
import { eachInput, parseOptions, program } from './support.ts';

/**
 * Pagers: a screenful at a time, the next with space, a line with Enter, `q` to stop. Where there is no terminal
 * to be asked on, and for what comes through a pipe, they pass the text on as cat does.
 */
export const less = pager('less');
export const more = pager('more');

const CLEAR_LINE = '\r\x1b[K';
const CTRL_C = '\x03';

function pager(name: 'less' | 'more'): Program {
  return program(name, (context, args) => {
    const options = parseOptions(args, { short: 'EFIMNRSXeimnr' });
    return eachInput(context, name, options.operands, async (source, file) => {
      const data = await readAll(source);
      const { terminal } = context;
      const asked =
        terminal !== undefined && file !== '-' && isTerminal(context, 0) && isTerminal(context, 1);
      if (!asked) await context.stdout.write(data);
      else await show(context, terminal, new TextDecoder().decode(data), name, file);
    });
  });
}

async function show(
  context: ProcessContext,
  terminal: TerminalHandle,
  text: string,
  name: 'less' | 'more',
  file: string,
): Promise<void> {
  const rest = text.replace(/\n$/, '').split('\n');
  const total = rest.length;
  let count = terminal.size.rows - 1;
  let prompt = name === 'less' ? `\x1b[7m${file}\x1b[0m` : '';
  terminal.setRaw(true);
  try {
    for (;;) {
      for (let used = 0; used < count && rest.length > 0;) {
        const line = rest.shift() ?? '';
        used += Math.max(1, Math.ceil(line.length / terminal.size.columns));
        await context.stdout.write(`${line}\n`);
      }
      if (rest.length === 0) {
        if (name === 'more') return;
        prompt = '\x1b[7m(END)\x1b[0m';
      } else if (name === 'more')
        prompt = `--More-- (${Math.floor((100 * (total - rest.length)) / total)}%) `;
      await context.stdout.write(prompt);
      prompt = ':';
      count = await askHowMany(context, terminal.size.rows - 1);
      await context.stdout.write(CLEAR_LINE);
      if (count === 0) return;
    }
  } finally {
    terminal.setRaw(false);
  }
}

/** How many lines the next key asks for; 0 ends it. */
async function askHowMany(context: ProcessContext, page: number): Promise<number> {
  for (;;) {
    const chunk = await context.stdin.read();
    if (chunk === undefined) return 0;
    const key = new TextDecoder().decode(chunk);
    if (/^[qQ]/.test(key) || key.startsWith(CTRL_C)) return 0;
    if (/^( |f|\x1b\[6~)/.test(key)) return page;
    if (/^(\r|\n|j|\x1b\[B)/.test(key)) return 1;
    if (key.startsWith('d')) return Math.ceil(page / 2);
  }
}
