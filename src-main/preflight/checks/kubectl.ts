import { z } from 'zod';
import type { LocalizedText } from '#shared/locale.ts';
import { CommandError } from '../../command/errors.ts';
import { parseJson } from '../../engine/info.ts';
import { QUESTION_MS, type Host } from '../../host/host.ts';
import { adviceFor } from '../../host/platform.ts';
import type { PreflightCheck } from '../check.ts';

/** kubernetes.io/releases/version-skew-policy: one minor version older or newer than the API server. */
const SKEW = 1;

const versionSchema = z.object({ clientVersion: z.object({ gitVersion: z.string() }) });

/** `1.34.4` of what `kubectl version --client -o json` prints. */
function parseKubectlVersion(output: string): string | undefined {
  const { data } = versionSchema.safeParse(parseJson(output));
  return data?.clientVersion.gitVersion.replace(/^v/, '');
}

/**
 * The learner's own kubectl. Nothing needs it: it is for people who like their own terminal.
 * @param kubernetes the version of the cluster, where that is known before there is one
 */
export function kubectlCheck(
  { run, system }: Pick<Host, 'run' | 'system'>,
  kubernetes?: string,
): PreflightCheck {
  return {
    id: 'kubectl',
    title: { en: 'kubectl', ko: 'kubectl' },
    why: {
      en: 'Only for your own terminal: the app’s terminals, editor and checks do without.',
      ko: '내 터미널에서 쓸 때만 필요합니다. 앱의 터미널, 편집기, 확인 기능은 kubectl 없이 동작합니다.',
    },
    async look() {
      const result = await run(
        { program: 'kubectl', args: ['version', '--client', '--output', 'json'] },
        { deadlineMs: QUESTION_MS },
      ).catch((error: unknown) => {
        if (error instanceof CommandError && error.reason === 'missing') return undefined;
        throw error;
      });
      if (result === undefined)
        return {
          state: 'ok',
          seen: {
            en: 'It is not on your PATH, and need not be.',
            ko: 'PATH에 없지만 없어도 됩니다.',
          },
          fix: adviceFor(INSTALL, system),
        };
      const version = parseKubectlVersion(result.stdout);
      if (version === undefined)
        return {
          state: 'unknown',
          seen: {
            en: 'It is on your PATH, and printed no version.',
            ko: 'PATH에 있지만 버전을 출력하지 않았습니다.',
          },
          fix: adviceFor(INSTALL, system),
        };
      if (kubernetes !== undefined && skewOf(version, kubernetes) > SKEW)
        return {
          state: 'warning',
          seen: {
            en: `kubectl ${version}; the cluster will be Kubernetes ${kubernetes}.`,
            ko: `kubectl ${version}입니다. 클러스터는 Kubernetes ${kubernetes}입니다.`,
          },
          fix: {
            text: {
              en: 'Most of it works. What is more than one minor version apart is not promised by Kubernetes: take one that is closer.',
              ko: '대부분 동작하지만, 마이너 버전이 둘 이상 차이 나면 Kubernetes가 보장하지 않습니다. 더 가까운 버전을 사용하세요.',
            },
          },
        };
      return { state: 'ok', seen: { en: `kubectl ${version}.`, ko: `kubectl ${version}입니다.` } };
    },
  };
}

const INSTALL_TEXT: LocalizedText = {
  en: 'If you want it: https://kubernetes.io/docs/tasks/tools/',
  ko: '설치하려면: https://kubernetes.io/ko/docs/tasks/tools/',
};
const INSTALL = {
  macos: { text: INSTALL_TEXT, commands: ['brew install kubectl'] },
  windows: { text: INSTALL_TEXT, commands: ['winget install Kubernetes.kubectl'] },
  other: { text: INSTALL_TEXT },
};

function skewOf(one: string, two: string): number {
  const [major, minor] = numbers(one);
  const [otherMajor, otherMinor] = numbers(two);
  return major === otherMajor ? Math.abs(minor - otherMinor) : Infinity;
}

function numbers(version: string): [number, number] {
  const [major, minor] = version.split('.').map((part) => Number.parseInt(part, 10));
  return [major ?? 0, minor ?? 0];
}
