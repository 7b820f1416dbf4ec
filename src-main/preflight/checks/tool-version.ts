import { CommandError } from '../../command/errors.ts';
import { isAtLeast } from '../../engine/info.ts';
import { adviceFor } from '../../host/platform.ts';
import { QUESTION_MS } from '../../host/host.ts';
import { parseKindVersion } from '../../providers/kind/parse.ts';
import type { PreflightCheck } from '../check.ts';
import type { ContainerFacts } from '../facts.ts';

/** The program that makes the clusters is installed, and not too old. */
export function toolVersionCheck({
  tool,
  host,
  needs,
}: Pick<ContainerFacts, 'tool' | 'host' | 'needs'>): PreflightCheck {
  const { least, recommended } = needs.version;
  const install = adviceFor(needs.install(host.architecture), host.system);
  return {
    id: 'tool-version',
    title: { en: `The program ${tool.id}`, ko: `${tool.id} 프로그램` },
    why: {
      en: `Switchyard makes these clusters with it, from version ${least} on, and is tried with ${recommended}.`,
      ko: `Switchyard는 이 프로그램(${least} 이상)으로 클러스터를 만들며, ${recommended}으로 검증했습니다.`,
    },
    async look() {
      const result = await host
        .run(needs.versionCommand, { deadlineMs: QUESTION_MS })
        .catch((error: unknown) => {
          if (error instanceof CommandError && error.reason === 'missing') return undefined;
          throw error;
        });
      if (result === undefined)
        return {
          state: 'blocked',
          seen: { en: `${tool.id} is not on your PATH.`, ko: `${tool.id}이(가) PATH에 없습니다.` },
          fix: install,
        };
      const version = parseKindVersion(result.stdout);
      if (version === undefined)
        return {
          state: 'unknown',
          seen: {
            en: `"${tool.id} version" printed no version.`,
            ko: `"${tool.id} version"이 버전을 출력하지 않았습니다.`,
          },
          fix: install,
        };
      const seen = { en: `${tool.id} ${version}.`, ko: `${tool.id} ${version}입니다.` };
      if (!isAtLeast(version, least))
        return {
          state: 'blocked',
          seen: {
            en: `${tool.id} ${version} is too old: ${least} or later is needed.`,
            ko: `${tool.id} ${version}은(는) 너무 오래되었습니다. ${least} 이상이 필요합니다.`,
          },
          fix: install,
        };
      return isAtLeast(version, recommended)
        ? { state: 'ok', seen }
        : { state: 'warning', seen, fix: install };
    },
  };
}
