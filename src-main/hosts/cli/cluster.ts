import { Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { AppError } from '#shared/app-error.ts';
import { providerIdSchema, type ProviderId, type Reach } from '#shared/cluster.ts';
import { kubectlLine } from '../../app/kubectl-line.ts';
import { createKubeClient } from '../../kube/client.ts';
import { CLUSTER_NAME } from '../../providers/cluster-name.ts';
import { openCluster } from '../../providers/open-cluster.ts';
import type { ClusterListing, Provider } from '../../providers/provider.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { untilInterrupted } from './interrupt.ts';
import { command, sayProblem, table } from './output.ts';
import { cliProviders, findProvider } from './providers.ts';
import { StepTeller } from './step-teller.ts';
import { workshopCommands } from './workshop.ts';

interface ClusterOptions {
  provider: ProviderId;
  name: string;
  kubeconfig?: string;
  json?: boolean;
}

/** `switchyard cluster create|list|delete|kubeconfig|prepare|unprepare`. */
export function clusterCommand(context: CliContext, finish: (status: ExitStatus) => void): Command {
  const providerOf = async ({ provider: id, kubeconfig }: ClusterOptions): Promise<Provider> =>
    findProvider(await cliProviders(context, kubeconfig), id);
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
      const told = new StepTeller(context, options.json === true);
      const open = await openCluster(await providerOf(options), {
        name: options.name,
        connect: createKubeClient,
        signal: untilInterrupted(context),
        onProgress: (steps) => told.tell(steps),
      });
      const { cluster } = open;
      await open.close();
      for (const notice of cluster.notices) sayProblem(notice, context);
      const line = kubectlLine(cluster.kubeconfigPath, process.platform);
      if (options.json === true) context.out(JSON.stringify({ ...cluster, kubectlLine: line }));
      else {
        const { version, nodes, url } = cluster.server;
        context.out(
          context.locale === 'ko'
            ? `클러스터 "${cluster.title}" 준비됨: Kubernetes ${version}, 노드 ${nodes}개, ${url}\nkubectl을 쓰려면:  ${line}`
            : `Cluster "${cluster.title}" is ready: Kubernetes ${version}, ${nodes} nodes, ${url}\nTo use kubectl:  ${line}`,
        );
        for (const address of reachLines(cluster.reach, context.locale)) context.out(address);
      }
    });

  const list = command('list', 'list the clusters that Switchyard made').action(
    async ({ json }: { json?: boolean }) => {
      const providers = await cliProviders(context);
      const clusters = (await Promise.all(providers.map((provider) => provider.list()))).flat();
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
      const provider = await providerOf(options);
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
      const listing = (await (await providerOf(options)).list()).find(({ name }) => name === options.name);
      if (listing === undefined) throw noSuchClusterError(options.name);
      const { kubeconfigPath } = listing;
      const line = kubectlLine(kubeconfigPath, process.platform);
      if (options.json === true) context.out(JSON.stringify({ path: kubeconfigPath, kubectlLine: line }));
      else
        context.out(
          options.path === true ? kubeconfigPath : (await readFile(kubeconfigPath, 'utf8')).trimEnd(),
        );
    });

  const cluster = new Command('cluster').description(
    'make, list and delete clusters, and prepare one for many learners',
  );
  for (const sub of [create, list, remove, kubeconfig])
    cluster.addCommand(sub.hook('postAction', () => finish(0)));
  for (const sub of workshopCommands(context, finish)) cluster.addCommand(sub);
  return cluster;
}

const STATES: Record<ClusterListing['state'], string> = {
  running: 'Running',
  stopped: 'Stopped',
  'half-made': 'Half-made',
};

function rowOf({ name, provider, state, url }: ClusterListing): string[] {
  return [name, provider, STATES[state], url ?? ''];
}

/** Where what runs in the cluster is reached from this machine. */
function reachLines({ ingress, nodePorts }: Reach, locale: 'en' | 'ko'): string[] {
  return [
    ...(ingress === undefined ? [] : [`Ingress:  ${ingress.http}  ${ingress.https}`]),
    ...nodePorts.map(({ node, firstNodePort, firstHostPort, count }) => {
      const ports = `${firstNodePort}–${firstNodePort + count - 1}`;
      const host = `127.0.0.1:${firstHostPort}–${firstHostPort + count - 1}`;
      return locale === 'ko'
        ? `${node}의 NodePort ${ports}:  ${host}`
        : `NodePorts ${ports} of ${node}:  ${host}`;
    }),
  ];
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
