/**
 * Recordings: what a real cluster answered, normalised, as text that people can read. For each command
 *
 *     $ kubectl get pods nosuch # a comment that tells it from others
 *     | a line of standard output
 *     ! a line of standard error
 *     = 1                                  (the exit status, when it is not 0)
 *     @ 1.27 1.28                          (what follows is what these versions of kubectl printed)
 *     | …
 *
 * The part above the first `@` holds for every other version.
 */

/** The answer to one command: lines with their mark in front. */
export type Answer = readonly string[];

/** The answers to the commands of a scenario, by the step's name, in order. */
export type Answers = ReadonlyMap<string, Answer>;

/** For each version of kubectl, `1.33`, what it was answered. */
export type Recording = ReadonlyMap<string, Answers>;

/** What kubectl now and then complains of when a stream ends early, whatever the cluster. */
const NOISE = /websocket\.go\S* Unknown stream id \d+, discarding message$/;

/** An answer, from what a command printed. */
export function toAnswer(result: { stdout: string; stderr: string; exitCode: number }): Answer {
  const marked = (mark: string, text: string): string[] =>
    text === '' ? [] : text.split('\n').map((line) => `${mark} ${line}`.trimEnd());
  return [
    ...marked('|', result.stdout),
    ...marked('!', result.stderr).filter((line) => !NOISE.test(line)),
    ...(result.exitCode === 0 ? [] : [`= ${result.exitCode}`]),
  ];
}

/** What the given version answered; a version that was not recorded is taken for the nearest one that was. */
export function answersOf(recording: Recording, version: string): Answers {
  const nearest = [...recording.keys()].toSorted(
    (a, b) => Math.abs(minor(a) - minor(version)) - Math.abs(minor(b) - minor(version)),
  )[0];
  return recording.get(nearest ?? '') ?? new Map<string, Answer>();
}

/** Orders versions such as `1.9` and `1.27`. */
export function compareVersions(a: string, b: string): number {
  return minor(a) - minor(b);
}

function minor(version: string): number {
  return Number(version.split('.')[1]);
}

export function formatRecording(title: string, recording: Recording): string {
  const versions = [...recording.keys()].toSorted(compareVersions);
  const newest = recording.get(versions.at(-1) ?? '') ?? new Map<string, Answer>();
  const lines = [`# ${title}`, `# kubectl ${versions.join(' ')}`];
  for (const [step, answer] of newest) {
    lines.push('', `$ ${step}`, ...answer);
    const variants = new Map<string, string[]>();
    for (const version of versions) {
      const text = (recording.get(version)?.get(step) ?? []).join('\n');
      if (text !== answer.join('\n')) variants.set(text, [...(variants.get(text) ?? []), version]);
    }
    for (const [text, of] of variants) lines.push(`@ ${of.join(' ')}`, ...(text === '' ? [] : [text]));
  }
  return `${lines.join('\n')}\n`;
}

/** @throws Error when the text is not a recording. */
export function parseRecording(text: string): Recording {
  const [, head = '', ...lines] = text.split('\n');
  if (!head.startsWith('# kubectl ')) throw new Error('not a recording: its versions are missing');
  const versions = head.slice('# kubectl '.length).split(' ');
  const recording = new Map(versions.map((version) => [version, new Map<string, string[]>()]));
  let step = '';
  let variant = versions;
  for (const line of lines) {
    if (line.startsWith('$ ')) {
      step = line.slice(2);
      variant = versions;
    } else if (line.startsWith('@ ')) variant = line.slice(2).split(' ');
    else if (line === '') continue;
    if (line.startsWith('$ ') || line.startsWith('@ '))
      for (const version of variant) recording.get(version)?.set(step, []);
    else for (const version of variant) recording.get(version)?.get(step)?.push(line);
  }
  return recording;
}
