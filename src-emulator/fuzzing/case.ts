/** What the fuzzer sends, and what it gets: small stories of requests that two clusters are told alike. */

export type Json = Record<string, unknown>;

/** One request. */
export interface Step {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  path: string;
  /** `application/json` when it is left out. */
  type?: string;
  /** A value, sent as JSON; a string is sent as it is. */
  body?: unknown;
}

/** Requests that belong together, such as an object and its changes. */
export interface Case {
  /** What it was made from: the same seed makes the same case again. */
  seed: string;
  steps: Step[];
}

/** An answer, with everything taken out that differs from cluster to cluster and from run to run. */
export interface Answer {
  code: number;
  warnings?: string[];
  body: unknown;
}

/** A case that is kept as a test. */
export interface RecordedCase extends Case {
  /** What the real cluster said to each step. */
  answers: Answer[];
  /** The real server lists its errors in another order every time. */
  unordered?: true;
}

/** The file has one JSON document a line: the server's version, then a case on each. */
export function parseCases(text: string): { server: string; cases: RecordedCase[] } {
  const [first = '{}', ...rest] = text.split('\n').filter((line) => line !== '');
  const { server = '' } = JSON.parse(first) as { server?: string };
  return { server, cases: rest.map((line) => JSON.parse(line) as RecordedCase) };
}

export function formatCases(server: string, cases: readonly RecordedCase[]): string {
  return [{ server }, ...cases].map((line) => `${JSON.stringify(line)}\n`).join('');
}
