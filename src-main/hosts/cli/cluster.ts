import { Command, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { providerIdSchema, type ProviderId, type Reach } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { kubectlLine } from '../../app/kubectl-line.ts';
import { createKubeClient } from '../../kube/client.ts';
import { LAB_LABEL } from '../../labs/marks.ts';
import { CLUSTER_NAME } from '../../providers/cluster-name.ts';
import { openCluster } from '../../providers/open-cluster.ts';
import { isLending, type ClusterListing, type Provider } from '../../providers/provider.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { untilInterrupted } from './interrupt.ts';
import { command, sayProblem, table } from './output.ts';
import { cliProviders, findProvider } from './providers.ts';
import { confirmSource, lenderOf, sourceOf } from './source.ts';
import { StepTeller } from './step-teller.ts';
import { workshopCommands } from './workshop.ts';

const REMOVE_NAMESPACES = `kubectl delete namespace -l ${LAB_LABEL}`;

interface ClusterOptions {
  provider: ProviderId;
  name: string;
  kubeconfig?: string;
  context?: string;
  yes?: boolean;
  /** Left out unless the command line says which. */
  loadBalancer?: boolean;
  json?: boolean;
}

/** `switchyard cluster create|contexts|list|delete|kubeconfig|prepare|unprepare`. */
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
    .option('--kubeconfig <file>', 'with --provider existing: use the cluster of this kubeconfig', (file) =>
      resolve(file),
    )
    .option(
      '--context <name>',
      "with --provider existing: of this context; of the file's current one without",
    )
    .option('--yes', 'with --provider existing: use it without asking')
    .addOption(
      new Option(
        '--load-balancer',
        'with --provider emulated: give Services of type LoadBalancer an address (as at first)',
      ),
    )
    .option('--no-load-balancer', 'with --provider emulated: leave their addresses <pending>')
    .action(async (options: ClusterOptions) => {
      const told = new StepTeller(context, options.json === true);
      const provider = await providerOf(options);
      const source = await sourceOf(provider, options);
      if (source !== undefined) await confirmSource(context, provider, source, options);
      const open = await openCluster(provider, {
        name: options.name,
        source,
        loadBalancer: options.loadBalancer,
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

  const contexts = command('contexts', 'list the clusters of a kubeconfig; nothing is asked of them')
    .option('--kubeconfig <file>', 'of this one; of your own (KUBECONFIG, ~/.kube/config) without', (file) =>
      resolve(file),
    )
    .action(async ({ kubeconfig, json }: { kubeconfig?: string; json?: boolean }) => {
      const found = await lenderOf(await providerOf({ provider: 'existing', name: CLUSTER_NAME })).contexts(
        kubeconfig,
      );
      if (json === true) {
        context.out(JSON.stringify(found));
        return;
      }
      for (const problem of found.problems) sayProblem(problem, context);
      const rows = found.contexts.map((each) => [
        each.current ? '*' : '',
        each.context,
        each.server,
        each.user,
        each.file,
      ]);
      for (const line of table([['CURRENT', 'CONTEXT', 'SERVER', 'USER', 'FILE'], ...rows]))
        context.out(line);
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

  const remove = withTarget(
    command('delete', 'delete the cluster and everything in it; let go of one that somebody else made'),
  ).action(async (options: ClusterOptions) => {
    const provider = await providerOf(options);
    const existed = (await provider.list()).some(({ name }) => name === options.name);
    await provider.delete(options.name);
    if (options.json === true) context.out(JSON.stringify({ name: options.name, deleted: existed }));
    else if (existed && isLending(provider)) context.out(LET_GO[context.locale]);
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
  });

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
  for (const sub of [create, contexts, list, remove, kubeconfig])
    cluster.addCommand(sub.hook('postAction', () => finish(0)));
  for (const sub of workshopCommands(context, finish)) cluster.addCommand(sub);
  return cluster;
}

const LET_GO: LocalizedText = {
  en: `The cluster is let go of. The namespaces of labs are still in it; to remove them: ${REMOVE_NAMESPACES}`,
  ko: `클러스터 연결을 해제했습니다. 실습 네임스페이스는 그대로 있습니다. 지우려면: ${REMOVE_NAMESPACES}`,
};

const STATES: Record<ClusterListing['state'], string> = {
  running: 'Running',
  stopped: 'Stopped',
  'half-made': 'Half-made',
};

function rowOf({ name, provider, state, url }: ClusterListing): string[] {
  return [name, provider, STATES[state], url ?? ''];
}

/** Where what runs in the cluster is reached from this machine. */
function reachLines({ ingress, nodePorts, loadBalancers = [] }: Reach, locale: 'en' | 'ko'): string[] {
  return [
    ...(ingress === undefined ? [] : [`Ingress:  ${ingress.http}  ${ingress.https}`]),
    ...loadBalancers.map(({ namespace, service, port, protocol, hostPort }) => {
      const host = `127.0.0.1:${hostPort}${suffixOf(protocol)}`;
      return locale === 'ko'
        ? `Service ${namespace}/${service}의 포트 ${port}:  ${host}`
        : `Port ${port} of Service ${namespace}/${service}:  ${host}`;
    }),
    ...nodePorts.map(({ node, firstNodePort, firstHostPort, count, protocol }) => {
      const range = (first: number): string =>
        count === 1 ? String(first) : `${first}–${first + count - 1}`;
      const [ports, host] = [range(firstNodePort), `127.0.0.1:${range(firstHostPort)}${suffixOf(protocol)}`];
      if (locale === 'ko') return `${node}의 NodePort ${ports}:  ${host}`;
      return `${count === 1 ? 'NodePort' : 'NodePorts'} ${ports} of ${node}:  ${host}`;
    }),
  ];
}

function suffixOf(protocol: 'TCP' | 'UDP' | undefined): string {
  return protocol === 'UDP' ? ' (UDP)' : '';
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
