import { EXCEPTIONS } from '../exceptions.ts';
import { compare, withExceptions, type Difference } from './comparison.ts';
import { answersOf, compareVersions, type Answers, type Recording } from './recording.ts';
import type { Scenario } from './scenario.ts';
import { PENDING } from './pending.ts';
import { recordedSteps } from './runner.ts';

/** Compares answers of any cluster with what was recorded. */
export function differences(
  scenario: Scenario,
  recording: Recording,
  version: string,
  answers: Answers,
): Difference[] {
  const recorded = answersOf(recording, version);
  return recordedSteps(scenario).flatMap((step) => {
    const expected = recorded.get(step);
    if (expected === undefined) return [{ step, lines: ['it was never recorded'] }];
    return compare(step, expected, answers.get(step) ?? ['(not run)']) ?? [];
  });
}

/**
 * Compares answers of the emulated cluster with what was recorded and what is known to differ. A known difference
 * that is none any more is a difference, too.
 */
export function emulatedDifferences(
  scenario: Scenario,
  recording: Recording,
  version: string,
  answers: Answers | Error,
): Difference[] {
  const pending = PENDING.filter((entry) => entry.scenario === scenario.name);
  const whole = pending.some(({ command }) => command === undefined);
  if (answers instanceof Error)
    return whole ? [] : [{ step: 'the scenario', lines: answers.message.split('\n') }];
  const recorded = answersOf(recording, version);
  // Older versions print less, and may agree before everything does.
  const tellsAll = version === [...recording.keys()].toSorted(compareVersions).at(-1);
  const found: Difference[] = [];
  let wrong = 0;
  for (const step of recordedSteps(scenario)) {
    const expected = recorded.get(step);
    if (expected === undefined) {
      found.push({ step, lines: ['it was never recorded'] });
      continue;
    }
    const exceptions = EXCEPTIONS.flatMap((topic) => topic.exceptions).filter(
      (exception) => exception.scenario === scenario.name && exception.commands.includes(step),
    );
    const actual = answers.get(step) ?? ['(not run)'];
    const difference = compare(step, withExceptions(step, expected, exceptions), actual);
    if (difference !== undefined) wrong++;
    if (pending.some(({ command }) => command === step)) {
      if (difference === undefined && tellsAll)
        found.push({ step, lines: ['it is as recorded: take it off the pending list'] });
    } else if (exceptions.length > 0 && expected.join('\n') === actual.join('\n'))
      found.push({ step, lines: ['it is as recorded: its exception is none any more'] });
    else if (difference !== undefined && !whole) found.push(difference);
  }
  if (whole && wrong === 0 && tellsAll)
    found.push({ step: 'the scenario', lines: ['it is as recorded: take it off the pending list'] });
  return found;
}
