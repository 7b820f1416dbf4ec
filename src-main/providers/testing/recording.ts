import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the recordings stand: a folder for each program, `documented` in it for what could not be run. */
export const RECORDINGS = join(import.meta.dirname, 'recordings');

/** One line that a program printed. */
export interface RecordedLine {
  /** Milliseconds since it was started. */
  at: number;
  from: 'out' | 'err';
  text: string;
}

/** One run of a program, as `scripts/record-programs.ts` saw it, or as its documentation says that it is. */
export interface Recording {
  command: string;
  /** What was run: program and version. */
  program: string;
  /** Where the text comes from that could not be recorded. */
  source?: string;
  /** What was done to the machine before. */
  about?: string;
  /** Exit status, or the signal that ended it. */
  end: number | NodeJS.Signals;
  lines: RecordedLine[];
}

const HEADERS = ['command', 'program', 'source', 'about', 'end'] as const;

export function formatRecording(recording: Recording): string {
  const head = HEADERS.flatMap((key) => (recording[key] === undefined ? [] : [`${key}: ${recording[key]}`]));
  const lines = recording.lines.map(({ at, from, text }) => `${String(at).padStart(6)} ${from} ${text}`);
  return `${[...head, '', ...lines].map((line) => line.trimEnd()).join('\n')}\n`;
}

/** @throws Error that names the line which is none. */
function parseRecording(text: string): Recording {
  const [head = '', ...rest] = text.split('\n\n');
  const header = Object.fromEntries(
    head.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const body = rest.join('\n\n').replace(/\n$/, '');
  const lines = (body === '' ? [] : body.split('\n')).map((line): RecordedLine => {
    const [, at, from, words = ''] = /^ *(\d+) (out|err)(?: (.*))?$/.exec(line) ?? [];
    if (from !== 'out' && from !== 'err') throw new Error(`not a line of a recording: ${line}`);
    return { at: Number(at), from, text: words };
  });
  const { command = '', program = '', source, about, end = '' } = header;
  return {
    command,
    program,
    ...(source !== undefined && { source }),
    ...(about !== undefined && { about }),
    end: /^\d+$/.test(end) ? Number(end) : (end as NodeJS.Signals),
    lines,
  };
}

/** @param name `kind/port-taken`, `docker/documented/rootless` */
export function readRecording(name: string): Recording {
  return parseRecording(readFileSync(join(RECORDINGS, `${name}.txt`), 'utf8'));
}

/** Names of all recordings, for {@link readRecording}. */
export function recordingNames(): string[] {
  return readdirSync(RECORDINGS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.txt'))
    .map((file) => file.replaceAll('\\', '/').slice(0, -'.txt'.length))
    .toSorted();
}

/** Everything of one stream, as it was printed. */
export function printed(recording: Recording, from: RecordedLine['from']): string {
  return recording.lines
    .filter((line) => line.from === from)
    .map(({ text }) => `${text}\n`)
    .join('');
}
