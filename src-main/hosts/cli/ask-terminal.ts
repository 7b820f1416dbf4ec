import { createInterface } from 'node:readline/promises';

/** Asks a question of which the answer is no unless it says yes. */
export async function askTerminal(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const given = new AbortController();
  // Ctrl+C and Ctrl+D are a no, too.
  terminal.once('SIGINT', () => given.abort()).once('close', () => given.abort());
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal: given.signal });
    return /^(y|yes|ㅛ|예|네)$/i.test(answer.trim());
  } catch {
    process.stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
