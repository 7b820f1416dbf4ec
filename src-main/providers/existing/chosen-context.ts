import { access, constants } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { stringify } from 'yaml';
import { AppError, type Problem } from '#shared/app-error.ts';
import type { ClusterSource, KubeContext } from '#shared/cluster.ts';
import { TENANCY_EXTENSION } from '../../tenancy/marks.ts';
import { tenancyExtensionSchema, type TenancyExtension } from '../../tenancy/tenancy.ts';
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfig-file.ts';

/** Everything of a kubeconfig that belongs to one context. */
export interface ChosenContext {
  source: ClusterSource;
  server: string;
  /** A kubeconfig of this context alone, that holds wherever it is put. */
  kubeconfig: string;
  /** The learner for whom namespaces were prepared. */
  tenancy?: TenancyExtension;
}

/** The contexts that can be used, and what is wrong with the others. */
export function listContexts(config: Kubeconfig): { contexts: KubeContext[]; problems: Problem[] } {
  const contexts: KubeContext[] = [];
  const problems = [...config.problems];
  for (const entry of config.contexts.values()) {
    const cluster = config.clusters.get(entry.value.cluster);
    if (cluster === undefined) {
      problems.push(withoutCluster(entry));
      continue;
    }
    contexts.push({
      file: entry.file,
      context: entry.name,
      cluster: entry.value.cluster,
      server: serverOf(cluster),
      user: entry.value.user,
      ...(entry.value.namespace !== undefined && { namespace: entry.value.namespace }),
      current: entry.name === config.currentContext,
    });
  }
  return { contexts, problems };
}

/**
 * Takes one context out of a kubeconfig.
 * @throws AppError `kubeconfig-…` what is wrong with the file, `context-unknown`, or what of it is not supported
 */
export async function chooseContext(config: Kubeconfig, source: ClusterSource): Promise<ChosenContext> {
  const entry = config.contexts.get(source.context);
  if (entry === undefined) {
    const [problem] = config.problems;
    throw new AppError(problem ?? contextUnknown(source, [...config.contexts.keys()]));
  }
  const cluster = config.clusters.get(entry.value.cluster);
  if (cluster === undefined) throw new AppError(withoutCluster(entry));
  const user = config.users.get(entry.value.user);
  if (entry.value.user !== '' && user === undefined) throw new AppError(withoutUser(entry));
  refuseUnsupported(cluster, user);
  const tenancy = tenancyOf(entry);
  return {
    source,
    server: serverOf(cluster),
    kubeconfig: stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': entry.name,
      contexts: [{ name: entry.name, context: entry.value }],
      clusters: [
        { name: cluster.name, cluster: await withAbsolutePaths(cluster, ['certificate-authority']) },
      ],
      users:
        user === undefined
          ? []
          : [
              {
                name: user.name,
                user: withAbsoluteProgram(
                  user.file,
                  await withAbsolutePaths(user, ['client-certificate', 'client-key', 'tokenFile']),
                ),
              },
            ],
    }),
    ...(tenancy !== undefined && { tenancy }),
  };
}

function serverOf(cluster: ClusterEntry): string {
  return cluster.value.server.replace(/\/+$/, '');
}

/** @throws AppError `kubeconfig-file-missing` */
async function withAbsolutePaths(
  entry: ClusterEntry | UserEntry,
  fields: readonly string[],
): Promise<Record<string, unknown>> {
  const value: Record<string, unknown> = { ...entry.value };
  for (const field of fields) {
    const path = value[field];
    if (typeof path !== 'string' || path === '') continue;
    const absolute = resolve(dirname(entry.file), path);
    value[field] = absolute;
    // The data beside it wins.
    if (value[`${field}-data`] !== undefined) continue;
    await access(absolute, constants.R_OK).catch(() => {
      throw new AppError({
        code: 'kubeconfig-file-missing',
        message: {
          en: `"${entry.name}" names ${absolute} (${field}), which cannot be read.`,
          ko: `"${entry.name}"이(가) 가리키는 ${absolute}(${field}) 파일을 읽을 수 없습니다.`,
        },
        fix: {
          en: 'Put the file there, or make a new kubeconfig with: kubectl config view --raw --flatten',
          ko: '그 위치에 파일을 두거나 다음으로 새 kubeconfig를 만드세요: kubectl config view --raw --flatten',
        },
        where: whereOf(entry),
      });
    });
  }
  return value;
}

/** A plug-in given by a relative path counts from the kubeconfig's folder; by a name it is looked for in PATH. */
function withAbsoluteProgram(file: string, user: Record<string, unknown>): Record<string, unknown> {
  const exec = user['exec'] as { command?: unknown } | undefined;
  const program = exec?.command;
  if (typeof program !== 'string' || !/[/\\]/.test(program) || isAbsolute(program)) return user;
  return { ...user, exec: { ...exec, command: resolve(dirname(file), program) } };
}

function tenancyOf(entry: ContextEntry): TenancyExtension | undefined {
  const found = entry.value.extensions?.find(({ name }) => name === TENANCY_EXTENSION);
  if (found === undefined) return undefined;
  const parsed = tenancyExtensionSchema.safeParse(found.extension);
  if (parsed.success) return parsed.data;
  throw new AppError({
    code: 'tenancy-unreadable',
    message: {
      en: `What the context "${entry.name}" says of the learner (${TENANCY_EXTENSION}) cannot be understood.`,
      ko: `컨텍스트 "${entry.name}"의 학습자 정보(${TENANCY_EXTENSION})를 해석할 수 없습니다.`,
    },
    fix: {
      en: 'Ask whoever runs the workshop for the kubeconfig again.',
      ko: '워크숍 진행자에게 kubeconfig를 다시 요청하세요.',
    },
    detail: parsed.error.message,
    where: whereOf(entry),
  });
}

/** What kubectl does and this app does not: done otherwise, it would go somewhere else, or act as somebody else. */
function refuseUnsupported(cluster: ClusterEntry, user: UserEntry | undefined): void {
  const field = cluster.value['proxy-url'] ? 'proxy-url' : user?.value['as'] ? 'as' : undefined;
  const entry = field === 'as' ? user : cluster;
  if (field === undefined || entry === undefined) return;
  throw new AppError({
    code: 'kubeconfig-unsupported',
    message: {
      en: `"${entry.name}" has the field ${field}, which Switchyard does not support.`,
      ko: `"${entry.name}"의 ${field} 필드는 Switchyard에서 지원하지 않습니다.`,
    },
    fix: {
      en: 'Choose a context without it.',
      ko: '이 필드가 없는 컨텍스트를 선택하세요.',
    },
    where: whereOf(entry),
  });
}

function contextUnknown({ file, context }: ClusterSource, known: string[]): Problem {
  const list = known.length === 0 ? '–' : known.join(', ');
  return {
    code: 'context-unknown',
    message: {
      en: `${file} has no context "${context}".`,
      ko: `${file}에 컨텍스트 "${context}"이(가) 없습니다.`,
    },
    fix: { en: `Choose one of: ${list}`, ko: `다음 중에서 선택하세요: ${list}` },
  };
}

function withoutCluster(entry: ContextEntry): Problem {
  const { cluster } = entry.value;
  return {
    code: 'kubeconfig-entry',
    message: {
      en: `The context "${entry.name}" names the cluster "${cluster}", which is not there or not usable.`,
      ko: `컨텍스트 "${entry.name}"이(가) 가리키는 클러스터 "${cluster}"이(가) 없거나 사용할 수 없습니다.`,
    },
    fix: {
      en: 'Add the cluster to the file, or delete the context: kubectl config delete-context NAME',
      ko: '파일에 클러스터를 추가하거나 컨텍스트를 지우세요: kubectl config delete-context 이름',
    },
    where: whereOf(entry),
  };
}

function withoutUser(entry: ContextEntry): Problem {
  const { user } = entry.value;
  return {
    code: 'kubeconfig-entry',
    message: {
      en: `The context "${entry.name}" names the user "${user}", who is not there.`,
      ko: `컨텍스트 "${entry.name}"이(가) 가리키는 사용자 "${user}"이(가) 없습니다.`,
    },
    fix: {
      en: 'Add the user to the file: kubectl config set-credentials',
      ko: '파일에 사용자를 추가하세요: kubectl config set-credentials',
    },
    where: whereOf(entry),
  };
}

function whereOf({
  file,
  line,
  column,
}: ContextEntry | ClusterEntry | UserEntry): NonNullable<Problem['where']> {
  return { file, line, column };
}
