import { AppError } from '#shared/app-error.ts';
import type { ClusterSource, ProviderId } from '#shared/cluster.ts';
import { isLending, type LendingProvider, type Provider } from '../../providers/provider.ts';
import { askOnTerminal } from './confirm.ts';
import type { CliContext } from './context.ts';
import { sayProblem } from './output.ts';
import { sourceLines } from './source-report.ts';

export interface SourceOptions {
  kubeconfig?: string;
  context?: string;
}

/** @throws AppError `kubeconfig-unused` when the provider makes its clusters itself */
export function lenderOf(provider: Provider): LendingProvider {
  if (isLending(provider)) return provider;
  throw kubeconfigUnusedError(provider.id);
}

/**
 * The cluster that --kubeconfig and --context name; the file's current context without the latter. Undefined when
 * neither is there: then it is the one of last time.
 * @throws AppError `kubeconfig-unused`, `context-needed`, and what is wrong with the file
 */
export async function sourceOf(
  provider: Provider,
  { kubeconfig, context }: SourceOptions,
): Promise<ClusterSource | undefined> {
  if (kubeconfig === undefined && context === undefined) return undefined;
  const { contexts, problems } = await lenderOf(provider).contexts(kubeconfig);
  const found = contexts.find((each) => (context === undefined ? each.current : each.context === context));
  if (found !== undefined) return { file: found.file, context: found.context };
  const [problem] = problems;
  if (problem !== undefined) throw new AppError(problem);
  throw contextNeededError(
    context,
    contexts.map((each) => each.context),
  );
}

/**
 * Shows what was found of a cluster, and asks whether it is to be used.
 * @throws AppError `not-confirmed` when the answer is no, or when there is nobody to ask
 */
export async function confirmSource(
  context: CliContext,
  provider: Provider,
  source: ClusterSource,
  { yes, json }: { yes?: boolean; json?: boolean },
): Promise<void> {
  if (yes === true && json === true) return;
  const report = await lenderOf(provider).inspect(source);
  for (const line of sourceLines(report, context.locale)) context.err(line);
  for (const problem of report.problems) sayProblem(problem, context);
  // Why it is not usable, whoever makes it says.
  if (yes === true || !report.usable) return;
  const question =
    context.locale === 'ko'
      ? `${report.server} 클러스터를 사용할까요?`
      : `Use the cluster at ${report.server}?`;
  const { ask = askOnTerminal } = context;
  const answer = json === true ? undefined : await ask(question);
  if (answer !== true) throw notConfirmedError(answer === undefined);
}

function notConfirmedError(nobody: boolean): AppError {
  return new AppError({
    code: 'not-confirmed',
    message: nobody
      ? {
          en: 'Nobody is at a terminal to say whether this cluster is to be used: nothing was changed.',
          ko: '이 클러스터를 사용할지 답할 터미널이 없어 아무것도 바꾸지 않았습니다.',
        }
      : { en: 'Nothing was changed.', ko: '아무것도 바꾸지 않았습니다.' },
    ...(nobody && {
      fix: {
        en: 'Read what stands above. To use the cluster without being asked, add --yes.',
        ko: '위의 내용을 확인하세요. 묻지 않고 사용하려면 --yes를 추가하세요.',
      },
    }),
  });
}

function contextNeededError(context: string | undefined, known: readonly string[]): AppError {
  const list = known.length === 0 ? '–' : known.join(', ');
  return new AppError({
    code: context === undefined ? 'context-needed' : 'context-unknown',
    message:
      context === undefined
        ? {
            en: 'The kubeconfig has no current context.',
            ko: 'kubeconfig에 현재 컨텍스트가 없습니다.',
          }
        : {
            en: `The kubeconfig has no context "${context}".`,
            ko: `kubeconfig에 컨텍스트 "${context}"이(가) 없습니다.`,
          },
    fix: {
      en: `Name one of these with --context: ${list}`,
      ko: `다음 중 하나를 --context로 지정하세요: ${list}`,
    },
  });
}

function kubeconfigUnusedError(id: ProviderId): AppError {
  return new AppError({
    code: 'kubeconfig-unused',
    message: {
      en: `The provider "${id}" makes its own cluster and takes no --kubeconfig and no --context.`,
      ko: `"${id}" 제공자는 클러스터를 직접 만들므로 --kubeconfig와 --context를 쓰지 않습니다.`,
    },
    fix: {
      en: 'Leave them out, or use --provider existing.',
      ko: '두 옵션을 빼거나 --provider existing을 사용하세요.',
    },
  });
}
