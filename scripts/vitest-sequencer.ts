import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, most of it in waiting. */
const LONGEST = ['conformance/replay.test.ts'];

/** Starts with the longest file, so that the others run beside it and nothing is left to wait for at the end. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      LONGEST.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
