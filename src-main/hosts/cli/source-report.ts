import type { SourceReport } from '#shared/cluster.ts';
import type { Locale, LocalizedText } from '#shared/locale.ts';
import { table } from './output.ts';

const STATES: Record<SourceReport['namespaces'][number]['state'], LocalizedText> = {
  'to-make': { en: 'will be made', ko: '새로 만듦' },
  ours: { en: 'made by Switchyard before', ko: '이전에 Switchyard가 만듦' },
  prepared: { en: 'prepared for you', ko: '준비되어 있음' },
  taken: { en: 'there already and not ours', ko: '이미 있으며 우리 것이 아님' },
};

/** What was found of a cluster that exists, before it is used. Its problems are told apart. */
export function sourceLines(report: SourceReport, locale: Locale): string[] {
  const ko = locale === 'ko';
  const { source, server, version, capabilities, learner, namespaces, missing } = report;
  const { nodes, has } = capabilities;
  return [
    server,
    ko ? `컨텍스트 "${source.context}" (${source.file})` : `Context "${source.context}" of ${source.file}`,
    ko
      ? `Kubernetes ${version}, 파드를 실행하는 노드 ${nodes}개${has.length === 0 ? '' : `, ${has.join(', ')}`}`
      : `Kubernetes ${version}, ${nodes} node${nodes === 1 ? ' takes' : 's take'} pods${has.length === 0 ? '' : `, ${has.join(', ')}`}`,
    ...(learner === undefined ? [] : [ko ? `${learner}님을 위해 준비됨` : `Prepared for ${learner}`]),
    '',
    ...table([
      ['NAMESPACE', 'STATE', 'LABS'],
      ...namespaces.map(({ name, state, labs }) => [name, STATES[state][locale], labs.join(', ')]),
    ]),
    ko ? '그 밖에는 클러스터 전체에 아무것도 만들지 않습니다.' : 'Nothing else is created cluster-wide.',
    ...(missing.length === 0
      ? []
      : [
          '',
          ko ? '없는 권한:' : 'Permissions that you lack here:',
          ...missing.map((permission) => `  ✗ ${permission}`),
        ]),
  ];
}
