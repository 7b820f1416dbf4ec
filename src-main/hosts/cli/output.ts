import { Command, CommanderError } from 'commander';
import type { Problem } from '#shared/app-error.ts';
import { problemOf } from '../../app/problems.ts';
import type { CliContext, ExitStatus } from './context.ts';

/** The language of messages, from the POSIX locale variables. */
export function localeOf(env: Readonly<Record<string, string | undefined>>): 'en' | 'ko' {
  const locale = env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '';
  return locale.startsWith('ko') ? 'ko' : 'en';
}

/** A command with `--json`, that ends the program with the status its action resolves with. */
export function command(name: string, description: string): Command {
  return new Command(name).description(description).option('--json', 'print JSON for programs');
}

/** Prints a problem for people, with its place where it has one. */
export function sayProblem({ where, message, fix }: Problem, context: CliContext): void {
  const place = where === undefined ? '' : `${where.file}:${where.line}:${where.column}: `;
  const words = message[context.locale];
  const end = /[.!?]$/.test(words) ? '' : '.';
  context.err(`${place}${words}${end}${fix === undefined ? '' : ` ${fix[context.locale]}`}`);
}

/** Prints what was thrown, for people and with `--json` for programs, and tells the exit status: 2. */
export function reportError(error: unknown, context: CliContext, json: boolean): ExitStatus {
  // Commander has printed its own words already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const problem = problemOf(error);
  const { message, fix, commands = [], detail, where, code, log } = problem;
  const place = where === undefined ? '' : `${where.file}:${where.line}:${where.column}: `;
  context.err(`${place}${message[context.locale]}`);
  if (fix !== undefined) context.err(fix[context.locale]);
  for (const line of commands) context.err(`  ${line}`);
  if (detail !== undefined && code !== 'unexpected') context.err(detail);
  if (log !== undefined) {
    for (const [index, line] of log.lines.entries())
      context.err(`${index === log.matters ? '▶' : ' '} ${line}`);
    context.err(log.file);
  }
  if (json) context.out(JSON.stringify({ problem }));
  return 2;
}

/** Columns of text under headings, as kubectl sets them. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => terminalWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => padded(cell, (widths[column] ?? 0) + 3))
      .join('')
      .trimEnd(),
  );
}

/** Text with as many spaces after it as a terminal needs to reach the column. */
export function padded(text: string, column: number): string {
  return text + ' '.repeat(Math.max(0, column - terminalWidth(text)));
}

/** Columns that a terminal gives to text: two for each of Hangul's syllables and the like. */
export function terminalWidth(text: string): number {
  const wide = text.match(
    /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60]/g,
  );
  return text.length + (wide?.length ?? 0);
}
