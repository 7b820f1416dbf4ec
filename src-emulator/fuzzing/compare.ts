import { isJsonObject, jsonEqual } from '../store/json.ts';
import type { Answer } from './case.ts';

/** One place where two answers part. */
export interface Difference {
  /** `code`, `body.message`, `body.spec.ports[0].protocol`. */
  path: string;
  real: unknown;
  emulated: unknown;
}

/** Where the answers part, outermost first; nothing when they say the same. */
export function differences(real: Answer, emulated: Answer): Difference[] {
  return [...compare('', real, emulated)];
}

function* compare(path: string, real: unknown, emulated: unknown): Generator<Difference> {
  if (jsonEqual(real, emulated)) return;
  if (isJsonObject(real) && isJsonObject(emulated)) {
    for (const key of new Set([...Object.keys(real), ...Object.keys(emulated)]))
      yield* compare(path === '' ? key : `${path}.${key}`, real[key], emulated[key]);
  } else if (Array.isArray(real) && Array.isArray(emulated)) {
    for (let index = 0; index < Math.max(real.length, emulated.length); index++)
      yield* compare(`${path}[${index}]`, real[index], emulated[index]);
  } else yield { path, real, emulated };
}

/** The same answer with its errors in one order: where the server walks through a map, each run has another. */
export function inOneOrder(answer: Answer): Answer {
  const { body } = answer;
  if (!isJsonObject(body) || !isJsonObject(body['details'])) return answer;
  const { causes } = body['details'];
  if (!Array.isArray(causes) || typeof body['message'] !== 'string') return answer;
  const key = (cause: unknown): string => JSON.stringify(cause);
  return {
    ...answer,
    body: {
      ...body,
      message: body['message'].replace(/is invalid: \[.*\]$/s, 'is invalid: [in any order]'),
      details: { ...body['details'], causes: causes.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) },
    },
  };
}

/** What kind of difference it is: two cases with the same signature most likely have the same cause. */
export function signature(real: Answer, emulated: Answer): string {
  const causesOf = ({ body }: Answer): string[] => {
    const details = isJsonObject(body) ? body['details'] : undefined;
    const causes = isJsonObject(details) ? details['causes'] : undefined;
    if (!Array.isArray(causes)) return [];
    return causes.map((cause: { field?: string; message?: string }) =>
      general(`${cause.field ?? ''}: ${cause.message ?? ''}`),
    );
  };
  const [said, ours] = [causesOf(real), causesOf(emulated)];
  const missing = said.filter((text) => !ours.includes(text));
  const extra = ours.filter((text) => !said.includes(text));
  const parts = [
    ...missing.slice(0, 2).map((text) => `real only: ${text}`),
    ...extra.slice(0, 2).map((text) => `emulated only: ${text}`),
  ];
  if (parts.length > 0) return parts.join(' | ');
  return differences(real, emulated)
    .slice(0, 2)
    .map(({ path, real: a, emulated: b }) => `${general(path)}: ${general(show(a))} ≠ ${general(show(b))}`)
    .join(' | ');
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300);
}

/** Without the names and numbers of the one case. */
function general(text: string): string {
  return text
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, (quoted) =>
      quoted.length > 60 || /\d|\\/.test(quoted) ? '"…"' : quoted,
    )
    .replaceAll(/\[\d+\]/g, '[]')
    .replaceAll(/-?\d+/g, 'N');
}
