import { Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { AppError } from '#shared/app-error.ts';
import { providerIdSchema, type ProviderId } from '#shared/contract.ts';
import { CLUSTER_NAME, createProviders } from '../../app/app.ts';
import { kubectlLine } from '../../app/kubectl-line.ts';
import { unknownProviderError } from '../../app/problems.ts';
import { createKubeClient } from '../../kube/client.ts';
import { systemClock } from '../../kube/time.ts';
import type { ClusterListing, Provider } from '../../providers/provider.ts';
import { waitUntilReady } from '../../providers/readiness.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { command, sayProblem, table } from './output.ts';

const READY_DEADLINE_MS = 60_000;

interface ClusterOptions {
  provider: ProviderId;
  name: string;
  kubeconfig?: string;
  json?: boolean;
}

/** `switchyard cluster create|list|delete|kubeconfig`. */
export function clusterCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  const providersOf = (kubeconfig?: string): Provider[] => createProviders({ ...context, kubeconfig }, 'cli');
  const providerOf = ({ provider: id, kubeconfig }: ClusterOptions): Provider => {
    const provider = providersOf(kubeconfig).find((candidate) => candidate.id === id);
    if (provider === undefined) throw unknownProviderError(id);
    return provider;
  };
  const withTarget = (target: Command): Command =>
    target
      .addOption(
        new Option('--provider <id>', 'who makes the cluster')
          .choices(providerIdSchema.options)
          .default('emulated'),
      )
      .option('--name <name>', "the cluster's name", CLUSTER_NAME);

  const create = withTarget(command('create', 'find the cluster or make it, and wait until it is ready'))
    .option('--kubeconfig <file>', 'with --provider existing: the cluster to use')
    .action(async (options: ClusterOptions) => {
      const seen = new Set<string>();
      const cluster = await providerOf(options).ensure({
        name: options.name,
        signal: new AbortController().signal,
        onProgress: (steps) => {
          for (const { id, text, state } of steps) {
            if (state !== 'running' || seen.has(id)) continue;
            seen.add(id);
            if (options.json !== true) context.err(`${text[context.locale]} …`);
          }
        },
      });
      for (const notice of cluster.notices ?? []) sayProblem(notice, context);
      const kube = createKubeClient(await readFile(cluster.kubeconfigPath, 'utf8'), cluster.kubeconfigPath);
      try {
        const signal = new AbortController().signal;
        const ready = await waitUntilReady(kube, {
          clock: systemClock,
          signal,
          deadlineMs: READY_DEADLINE_MS,
        });
        const line = kubectlLine(cluster.kubeconfigPath, process.platform);
        if (options.json === true)
          context.out(JSON.stringify({ ...cluster, url: kube.server, ...ready, kubectlLine: line }));
        else
          context.out(
            context.locale === 'ko'
              ? `클러스터 "${cluster.name}" 준비됨: Kubernetes ${ready.version}, 노드 ${ready.nodes}개, ${kube.server}\nkubectl을 쓰려면:  ${line}`
              : `Cluster "${cluster.name}" is ready: Kubernetes ${ready.version}, ${ready.nodes} nodes, ${kube.server}\nTo use kubectl:  ${line}`,
          );
      } finally {
        await kube.close();
      }
    });

  const list = command('list', 'list the clusters that Switchyard made').action(
    async ({ json }: { json?: boolean }) => {
      const clusters = (await Promise.all(providersOf().map((provider) => provider.list()))).flat();
      if (json === true) context.out(JSON.stringify({ clusters }));
      else if (clusters.length === 0)
        context.out(context.locale === 'ko' ? '클러스터가 없습니다.' : 'No clusters.');
      else
        for (const line of table([['NAME', 'PROVIDER', 'STATUS', 'SERVER'], ...clusters.map(rowOf)]))
          context.out(line);
    },
  );

  const remove = withTarget(command('delete', 'delete the cluster and everything in it')).action(
    async (options: ClusterOptions) => {
      const provider = providerOf(options);
      const existed = (await provider.list()).some(({ name }) => name === options.name);
      await provider.delete(options.name);
      if (options.json === true) context.out(JSON.stringify({ name: options.name, deleted: existed }));
      else if (existed)
        context.out(
          context.locale === 'ko'
            ? `클러스터 "${options.name}"을(를) 삭제했습니다.`
            : `Cluster "${options.name}" is deleted.`,
        );
      else
        context.out(
          context.locale === 'ko'
            ? `클러스터 "${options.name}"은(는) 없습니다.`
            : `There is no cluster "${options.name}".`,
        );
    },
  );

  const kubeconfig = withTarget(command('kubeconfig', 'print the kubeconfig (with --path: where it is)'))
    .option('--path', 'print the path of the file instead')
    .action(async (options: ClusterOptions & { path?: boolean }) => {
      const listing = (await providerOf(options).list()).find(({ name }) => name === options.name);
      if (listing === undefined) throw noSuchClusterError(options.name);
      const { kubeconfigPath } = listing;
      const line = kubectlLine(kubeconfigPath, process.platform);
      if (options.json === true) context.out(JSON.stringify({ path: kubeconfigPath, kubectlLine: line }));
      else
        context.out(
          options.path === true ? kubeconfigPath : (await readFile(kubeconfigPath, 'utf8')).trimEnd(),
        );
    });

  const cluster = new Command('cluster').description('make, list and delete clusters');
  for (const sub of [create, list, remove, kubeconfig]) cluster.addCommand(sub);
  cluster.hook('postAction', () => finish(0));
  return cluster;
}

function rowOf({ name, provider, running, url }: ClusterListing): string[] {
  return [name, provider, running ? 'Running' : 'Stopped', url ?? ''];
}

function noSuchClusterError(name: string): AppError {
  return new AppError({
    code: 'cluster-unknown',
    message: { en: `There is no cluster "${name}".`, ko: `클러스터 "${name}"이(가) 없습니다.` },
    fix: {
      en: 'Make it with: switchyard cluster create',
      ko: '다음으로 만드세요: switchyard cluster create',
    },
  });
}
