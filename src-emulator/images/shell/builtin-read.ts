import { isTerminal } from '../process.ts';
import type { Builtin } from './builtin.ts';
import type { Shell } from './interpreter.ts';

/** `read`: one line of the input into variables. */
export const read: Builtin = async (shell, args) => {
  let at = 0;
  let raw = false;
  let prompt = '';
  let timeoutMs: number | undefined;
  for (; args[at]?.startsWith('-') === true; at++) {
    const option = args[at] ?? '';
    if (option.includes('r')) raw = true;
    if (option.endsWith('p')) prompt = args[++at] ?? '';
    else if (option.endsWith('t')) timeoutMs = Number(args[++at] ?? 0) * 1000;
  }
  if (prompt !== '' && isTerminal(shell.context, 0)) await shell.context.stderr.write(prompt);
  const line = await readLine(shell, raw, timeoutMs);
  const names = args.length > at ? args.slice(at) : ['REPLY'];
  const ifs = shell.parameter('IFS') ?? ' \t\n';
  let rest = trimIfs(line.text, ifs);
  names.forEach((name, index) => {
    if (index === names.length - 1) {
      shell.assign(name, rest);
      return;
    }
    const end = Array.from(rest).findIndex((char) => ifs.includes(char));
    shell.assign(name, end === -1 ? rest : rest.slice(0, end));
    rest = end === -1 ? '' : trimIfs(rest.slice(end + 1), ifs);
  });
  return line.complete ? 0 : 1;
};

function trimIfs(text: string, ifs: string): string {
  let start = 0;
  let end = text.length;
  const blank = (char: string | undefined): boolean =>
    char !== undefined && /\s/.test(char) && ifs.includes(char);
  while (start < end && blank(text[start])) start++;
  while (end > start && blank(text[end - 1])) end--;
  return text.slice(start, end);
}

/** Reads one line and leaves what follows it in the input. */
async function readLine(
  shell: Shell,
  raw: boolean,
  timeoutMs?: number,
): Promise<{ text: string; complete: boolean }> {
  const bytes: number[] = [];
  const timeout = new AbortController();
  const timer =
    timeoutMs === undefined
      ? undefined
      : shell.context.clock.setTimeout(() => timeout.abort(new Error('timeout')), timeoutMs);
  const signal = AbortSignal.any([shell.context.ended, timeout.signal]);
  let complete = false;
  try {
    for (;;) {
      const chunk = await shell.descriptors.stdin.read(signal);
      if (chunk === undefined) break;
      const newline = chunk.indexOf(0x0a);
      if (newline === -1) {
        bytes.push(...chunk);
        continue;
      }
      shell.descriptors.stdin.unread(chunk.subarray(newline + 1));
      bytes.push(...chunk.subarray(0, newline));
      if (!raw && bytes.at(-1) === 0x5c) {
        bytes.pop();
        continue;
      }
      complete = true;
      break;
    }
  } catch (error) {
    if (!timeout.signal.aborted) throw error;
  } finally {
    timer?.cancel();
  }
  const text = new TextDecoder().decode(Uint8Array.from(bytes));
  return { text: raw ? text : text.replace(/\\(.)/g, '$1'), complete };
}
