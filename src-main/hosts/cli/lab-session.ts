import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { providerIdSchema, type ProviderId } from '#shared/cluster.ts';
import { createKubeClient } from '../../kube/client.ts';
import type { Lab } from '../../labs/lab.ts';
import { loadLibrary, type LabLibrary } from '../../labs/library.ts';
import { CLUSTER_NAME } from '../../providers/cluster-name.ts';
import { openCluster, type OpenCluster } from '../../providers/open-cluster.ts';
import type { CliContext } from './context.ts';
import { cliProviders, findProvider } from './providers.ts';
import { untilInterrupted } from './interrupt.ts';
import { sayProblem } from './output.ts';
import { StepTeller } from './step-teller.ts';

/** Which cluster a command works on: the emulated one, or that of a kubeconfig. */
export interface ClusterChoice {
  provider?: ProviderId;
  kubeconfig?: string;
}

/** Adds the options that {@link ClusterChoice} comes from. */
export function withCluster(target: Command, emulated: string): Command {
  return target
    .addOption(
      new Option(
        '--provider <id>',
        `whose cluster (default: existing with --kubeconfig, else emulated: ${emulated})`,
      ).choices(providerIdSchema.options),
    )
    .option('--kubeconfig <file>', 'the cluster of this kubeconfig', (file) => resolve(file));
}

export interface ConnectOptions {
  /** Name of the emulated cluster, when it is that. Default: the app's own. */
  name?: string;
  /** Deletes an emulated cluster afterwards. */
  temporary?: boolean;
}

/** A client of the chosen cluster; the emulated one is found or made. `close` leaves it as it was found. */
export async function connect(
  context: CliContext,
  choice: ClusterChoice,
  options: ConnectOptions = {},
): Promise<OpenCluster> {
  const { provider: id = choice.kubeconfig === undefined ? 'emulated' : 'existing', kubeconfig } = choice;
  if (id !== 'existing' && kubeconfig !== undefined) throw kubeconfigUnusedError(id);
  const provider = findProvider(await cliProviders(context, kubeconfig), id);
  const name = options.name ?? CLUSTER_NAME;
  const told = new StepTeller(context, false);
  const open = await openCluster(provider, {
    name,
    connect: createKubeClient,
    signal: untilInterrupted(context),
    onProgress: (steps) => told.tell(steps),
  });
  for (const notice of open.cluster.notices) sayProblem(notice, context);
  return {
    ...open,
    close: async () => {
      await open.close();
      await (options.temporary === true ? provider.delete(name) : provider.release());
    },
  };
}

function kubeconfigUnusedError(id: ProviderId): AppError {
  return new AppError({
    code: 'kubeconfig-unused',
    message: {
      en: `The provider "${id}" makes its own cluster and takes no --kubeconfig.`,
      ko: `"${id}" 제공자는 클러스터를 직접 만들므로 --kubeconfig를 쓰지 않습니다.`,
    },
    fix: {
      en: 'Leave out --kubeconfig, or use --provider existing.',
      ko: '--kubeconfig를 빼거나 --provider existing을 사용하세요.',
    },
  });
}

/** The labs; problems with some of them are printed with their places. */
export async function readLabs(context: CliContext): Promise<LabLibrary> {
  const library = await loadLibrary(context.paths.labs);
  for (const problem of library.problems) sayProblem(problem, context);
  return library;
}

/** @throws AppError `lab-unknown` */
export function pickLab(library: LabLibrary, id: string): Lab {
  const lab = library.labs.get(id);
  if (lab !== undefined) return lab;
  throw new AppError({
    code: 'lab-unknown',
    message: { en: `There is no usable lab "${id}".`, ko: `사용할 수 있는 "${id}" 실습이 없습니다.` },
    fix: { en: 'See: switchyard labs list', ko: '확인: switchyard labs list' },
  });
}

/** The labs of a list in a command line, `cluster-ip,node-port`; all of them without one. @throws AppError `lab-unknown` */
export function pickLabs(library: LabLibrary, list: string | undefined): Lab[] {
  return list === undefined ? [...library.labs.values()] : wordsOf(list).map((id) => pickLab(library, id));
}

/** The words of a list in a command line, each once. */
export function wordsOf(list: string): string[] {
  return [...new Set(list.split(',').map((word) => word.trim()))];
}
