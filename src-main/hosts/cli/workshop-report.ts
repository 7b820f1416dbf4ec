import type { Locale } from '#shared/locale.ts';
import { quotaOf, type Limits } from '../../workshops/limits.ts';
import { homeOf } from '../../workshops/objects.ts';
import type { ClusterFacts } from '../../workshops/facts.ts';
import type { WorkshopPlan } from '../../workshops/plan.ts';
import { INDEX_FILE, type LearnerResult } from '../../workshops/prepare.ts';
import type { Remains } from '../../workshops/unprepare.ts';
import type { CliContext } from './context.ts';
import { sayProblem } from './output.ts';

/** What `cluster prepare|unprepare` print for people. */

/** What will be in the cluster, before anybody is asked. */
export function planLines(
  plan: WorkshopPlan,
  facts: ClusterFacts,
  limits: Limits,
  directory: string,
  locale: Locale,
): string[] {
  const { learners, labs, workshop } = plan;
  const names = learners.flatMap(({ namespaces }) => namespaces.map(({ name }) => name));
  const there = names.filter((name) => facts.namespaces.has(name)).length;
  const quota = quotaOf(limits, plan.loadBalancers);
  const { nodes } = facts.capabilities;
  const most = names.length * limits.pods;
  const room = facts.podRoom;
  if (locale === 'ko')
    return [
      `클러스터 ${facts.server} (Kubernetes ${facts.version}${room === undefined ? '' : `, 파드를 실행하는 노드 ${nodes}개`})에 워크숍 "${workshop}"을(를) 준비합니다:`,
      `  실습: ${labs.join(', ')}`,
      `  학습자 ${learners.length}명: ${shortened(
        learners.map(({ learner }) => learner.id),
        locale,
      )}`,
      `  네임스페이스 ${names.length}개(이미 있음: ${there}개): ${shortened(names, locale)}`,
      `  ServiceAccount ${learners.length}개를 둘 네임스페이스: ${homeOf(workshop)}`,
      `  네임스페이스마다: ResourceQuota 2개, LimitRange, NetworkPolicy, Role, RoleBinding`,
      `  네임스페이스마다 최대: 파드 ${limits.pods}개, CPU ${quota['limits.cpu'] ?? ''}, 메모리 ${quota['limits.memory'] ?? ''}`,
      ...(room === undefined ? [] : [`  모두 합쳐 파드 최대 ${most}개. 노드의 자리는 ${room}개입니다.`]),
      `  클러스터 전체에 적용되는 것은 만들지 않습니다.`,
      `kubeconfig 위치: ${directory}`,
    ];
  return [
    `In the cluster ${facts.server} (Kubernetes ${facts.version}${room === undefined ? '' : `, ${nodes} nodes that take pods`}), for the workshop "${workshop}":`,
    `  labs: ${labs.join(', ')}`,
    `  ${learners.length} learners: ${shortened(
      learners.map(({ learner }) => learner.id),
      locale,
    )}`,
    `  ${names.length} namespaces (${there} of them are there): ${shortened(names, locale)}`,
    `  ${learners.length} ServiceAccounts, in the namespace ${homeOf(workshop)}`,
    `  in each namespace of a learner: 2 ResourceQuotas, a LimitRange, a NetworkPolicy, a Role and a RoleBinding`,
    `  each namespace takes at most ${limits.pods} pods, ${quota['limits.cpu'] ?? ''} CPU, ${quota['limits.memory'] ?? ''} memory`,
    ...(room === undefined ? [] : [`  all together at most ${most} pods; the nodes have room for ${room}`]),
    `  nothing that counts for the whole cluster`,
    `Kubeconfigs are written to ${directory}`,
  ];
}

/** Tells how each learner fared, as it happens. */
export function learnerTeller(
  context: CliContext,
  count: number,
  quiet: boolean,
): (result: LearnerResult) => void {
  let done = 0;
  return (result) => {
    done++;
    if (quiet) return;
    const at = `[${String(done).padStart(String(count).length)}/${count}]`;
    if (result.state === 'failed') {
      context.err(`${at} ✗ ${result.learner}`);
      sayProblem(result.problem, context);
    } else context.err(`${at} ✓ ${result.learner}: ${result.namespaces.join(', ')}`);
  };
}

/** The end of it. @param now milliseconds since the epoch */
export function preparedLines(
  results: readonly LearnerResult[],
  directory: string,
  validSeconds: number,
  now: number,
  locale: Locale,
): string[] {
  const ready = results.filter((result) => result.state !== 'failed');
  const failed = results.filter((result) => result.state === 'failed').map(({ learner }) => learner);
  const renewed = ready.filter(({ state }) => state === 'renewed').length;
  const [first] = ready.map(({ validUntil }) => validUntil).sort();
  const lines: string[] = [];
  if (first !== undefined) {
    // Some seconds pass between asking and being told.
    const shorter = Date.parse(first) < now + validSeconds * 900;
    const until = new Date(first).toLocaleString(locale === 'ko' ? 'ko-KR' : 'en-GB', {
      dateStyle: 'medium',
      timeStyle: 'short',
    });
    lines.push(
      locale === 'ko'
        ? `학습자 ${ready.length}명 준비됨${renewed === 0 ? '' : `(이미 준비되어 kubeconfig만 갱신: ${renewed}명)`}. 파일: ${directory}, 목록: ${INDEX_FILE}`
        : `${ready.length} learners are ready${renewed === 0 ? '' : ` (${renewed} of them were, and have a new kubeconfig)`}. Files: ${directory}, list: ${INDEX_FILE}`,
      locale === 'ko'
        ? `kubeconfig 유효 기한: ${until}.${shorter ? ' 클러스터가 요청보다 짧은 기간만 허용했습니다. 기한이 지나면 이 명령을 다시 실행하세요.' : ''}`
        : `Every kubeconfig is good until ${until}.${shorter ? ' That is less than was asked for: the cluster gives no more. Run the command again for new ones.' : ''}`,
    );
  }
  if (failed.length > 0)
    lines.push(
      locale === 'ko'
        ? `준비하지 못한 학습자 ${failed.length}명: ${failed.join(', ')}. 원인을 해결하고 명령을 다시 실행하세요.`
        : `${failed.length} learners are not ready: ${failed.join(', ')}. Mend what is named above and run the command again.`,
    );
  return lines;
}

/** What will go, before anybody is asked. */
export function remainsLines(
  { objects, learners, workshop }: Remains,
  server: string,
  locale: Locale,
): string[] {
  if (objects.length === 0)
    return [
      locale === 'ko'
        ? `${server}에 워크숍 "${workshop}"의 것이 없습니다.`
        : `Nothing of the workshop "${workshop}" is in ${server}.`,
    ];
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return locale === 'ko'
    ? [
        `${server}에서 워크숍 "${workshop}"의 다음 항목과 그 안의 모든 것을 삭제합니다(학습자 ${learners.length}명):`,
        `  ${shortened(names, locale)}`,
      ]
    : [
        `In ${server}, of the workshop "${workshop}" (${learners.length} learners), this is deleted with everything in it:`,
        `  ${shortened(names, locale)}`,
      ];
}

export function goneLine(kind: string, name: string, locale: Locale): string {
  return locale === 'ko' ? `삭제됨: ${kind} ${name}` : `gone: ${kind} ${name}`;
}

export function unpreparedLines({ objects, learners }: Remains, locale: Locale): string[] {
  if (objects.length === 0) return [];
  return [
    locale === 'ko'
      ? `${objects.length}개를 삭제했습니다(학습자 ${learners.length}명). 그 kubeconfig 파일은 이제 쓸 수 없습니다.`
      : `${objects.length} objects are gone, of ${learners.length} learners. Their kubeconfigs are of no use now.`,
  ];
}

const SHOWN = 6;

function shortened(names: readonly string[], locale: Locale): string {
  const rest = names.length - SHOWN;
  const shown = names.slice(0, SHOWN).join(', ');
  if (rest <= 0) return shown;
  return locale === 'ko' ? `${shown} … 외 ${rest}개` : `${shown} … and ${rest} more`;
}
