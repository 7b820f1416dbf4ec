import { cloneJson, isJsonObject } from '../store/json.ts';
import type { Case, Step } from './case.ts';

/**
 * Makes a case smaller as long as it still shows what it is to show: steps go first, then whatever can go from the
 * bodies, larger parts before smaller ones.
 *
 * @param shows asks both clusters; @param budget how often it may
 */
export async function shrink(
  found: Case,
  shows: (smaller: Case) => Promise<boolean>,
  budget: number,
): Promise<Case> {
  let best = found;
  let left = budget;
  const attempt = async (steps: Step[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    const smaller = { ...best, steps };
    if (!(await shows(smaller))) return false;
    best = smaller;
    return true;
  };
  for (let index = best.steps.length - 1; index >= 0 && best.steps.length > 1; index--)
    await attempt(best.steps.toSpliced(index, 1));
  for (let index = best.steps.length - 1; index >= 0; index--) {
    let again = true;
    while (again && left > 0) {
      again = false;
      const { body } = best.steps[index] ?? {};
      for (const path of partsOf(body)) {
        const step = best.steps[index];
        if (step === undefined || !has(step.body, path)) continue;
        const smaller = { ...step, body: without(step.body, path) };
        if (await attempt(best.steps.with(index, smaller))) again = true;
        if (left <= 0) break;
      }
    }
  }
  return best;
}

type Path = readonly (string | number)[];

/** What can be left out, larger parts first. The name stays: other steps may need it. */
function partsOf(body: unknown): Path[] {
  const found: { path: Path; size: number }[] = [];
  const visit = (value: unknown, path: Path): void => {
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? value.map((item, index) => [index, item])
      : isJsonObject(value)
        ? Object.entries(value)
        : [];
    for (const [key, inner] of entries) {
      const at = [...path, key];
      const kept = at.length === 1 && ['apiVersion', 'kind', 'metadata'].includes(String(key));
      if (!kept && at.join('.') !== 'metadata.name')
        found.push({ path: at, size: JSON.stringify(inner).length });
      visit(inner, at);
    }
  };
  visit(body, []);
  return found.sort((a, b) => b.size - a.size).map(({ path }) => path);
}

function has(body: unknown, path: Path): boolean {
  let at = body;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)] as unknown;
    else if (isJsonObject(at)) at = at[key];
    else return false;
  }
  return at !== undefined;
}

function without(body: unknown, path: Path): unknown {
  const copy = cloneJson(body);
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[key];
  const last = path.at(-1);
  if (Array.isArray(at)) at.splice(Number(last), 1);
  else if (isJsonObject(at)) Reflect.deleteProperty(at, String(last));
  return copy;
}
