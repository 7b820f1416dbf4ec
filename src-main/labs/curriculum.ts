import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '#shared/app-error.ts';
import { curriculumSchema } from '#shared/lab-format.ts';
import { Defects, parsePlaced, validatePlaced } from './defects.ts';

const CURRICULUM_FILE = 'curriculum.yaml';

/**
 * Puts the labs of a folder in the order of its curriculum.yaml; those that it does not name come after, by id. A folder
 * without one is in the order of ids. An id of a lab that is not there is a problem, with its place, and passed over.
 * @param ids of the folders that were found, sorted
 */
export async function inCurriculumOrder(
  directory: string,
  ids: readonly string[],
): Promise<{ order: string[]; problems: Problem[] }> {
  const file = join(directory, CURRICULUM_FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { order: [...ids], problems: [] };
  const defects = new Defects();
  const placed = parsePlaced(text, file, defects);
  const curriculum = placed === undefined ? undefined : validatePlaced(curriculumSchema, placed, defects);
  const named = curriculum?.labs ?? [];
  for (const [index, id] of named.entries())
    if (!ids.includes(id) || named.indexOf(id) !== index)
      defects.add(
        'curriculum-lab-unknown',
        placed?.at(['labs', index]),
        {
          en: ids.includes(id)
            ? `The lab "${id}" stands here twice.`
            : `There is no folder for the lab "${id}".`,
          ko: ids.includes(id) ? `실습 "${id}"이(가) 두 번 있습니다.` : `실습 "${id}"의 폴더가 없습니다.`,
        },
        { en: 'Correct the id, or remove the line.', ko: 'id를 고치거나 줄을 지우세요.' },
      );
  const order = [...new Set([...named.filter((id) => ids.includes(id)), ...ids])];
  return { order, problems: defects.problems };
}
