import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Evidence } from '#shared/verdict.ts';
import { assess, passed, type FailDetails } from './judgements.ts';
import { execLine, quoted, requireClient, runIn } from '#main/probes/pod.ts';
import { fromText, pointOf } from './vantage.ts';
import type { Checker } from './types.ts';

type Spec = CheckSpecOf<'command'>;

export interface CommandSeen {
  exitCode: number;
  stdout: string;
  stderr: string;
  evidence: Evidence;
}

/** A program that runs in a pod ends and prints as expected: where no other kind of check can tell. */
export const commandChecker: Checker<'command', CommandSeen> = {
  async probe(check, context) {
    const point = await pointOf(check.from, context);
    await requireClient(context.kube, point);
    const from = { ...point, ...(check.container === undefined ? {} : { container: check.container }) };
    const result = await runIn(context.kube, from, check.run, check.timeout);
    const printed = (result.stdout + result.stderr).trim().slice(0, 4000);
    return {
      ...result,
      evidence: {
        title: { en: `A command in ${from.pod}`, ko: `${from.pod}에서 실행한 명령` },
        command: execLine(from, check.run),
        output: `${printed}${printed === '' ? '' : '\n'}exit code ${String(result.exitCode)}`,
        at: context.clock.now(),
      },
    };
  },

  judge(check, seen) {
    const { exit, stdout, stderr } = check.expect;
    const evidence = [seen.evidence];
    const expected = expectation(check);
    const part = (holds: boolean, actual: LocalizedText, finding: string): FailDetails | undefined =>
      holds ? undefined : { expected, actual, evidence, finding: check.finding ?? finding };
    const shown = (text: string): string => text.trim().slice(0, 200) || '(nothing)';
    return assess(
      check.partial,
      [
        part(
          seen.exitCode === exit,
          {
            en: `It ended with status ${String(seen.exitCode)}: ${shown(seen.stderr || seen.stdout)}`,
            ko: `종료 상태 ${String(seen.exitCode)}: ${shown(seen.stderr || seen.stdout)}`,
          },
          'exit-differs',
        ),
        part(
          stdout === undefined || new RegExp(stdout).test(seen.stdout),
          { en: `It printed: ${shown(seen.stdout)}`, ko: `출력: ${shown(seen.stdout)}` },
          'output-differs',
        ),
        part(
          stderr === undefined || new RegExp(stderr).test(seen.stderr),
          { en: `It complained: ${shown(seen.stderr)}`, ko: `오류 출력: ${shown(seen.stderr)}` },
          'output-differs',
        ),
      ],
      passed(expected, { en: shown(seen.stdout), ko: shown(seen.stdout) }, evidence),
    );
  },
};

function expectation(check: Spec): LocalizedText {
  const line = check.run.map(quoted).join(' ');
  const from = fromText(check.from);
  const { exit, stdout } = check.expect;
  const prints =
    stdout === undefined ? { en: '', ko: '' } : { en: `, prints ${stdout}`, ko: `, 출력 ${stdout}` };
  return {
    en: `${line}${from.en}: ends with ${String(exit)}${prints.en}`,
    ko: `${line}${from.ko}: 종료 상태 ${String(exit)}${prints.ko}`,
  };
}
