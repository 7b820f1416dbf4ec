import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { providerIdSchema, type ProviderId } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { createKubeClient } from '../../kube/client.ts';
import type { Lab } from '../../labs/lab.ts';
import { loadLibrary, type LabLibrary } from '../../labs/library.ts';
import { CLUSTER_NAME } from '../../providers/cluster-name.ts';
import { commandClusterName } from '../../providers/existing/record.ts';
import { openCluster, type OpenCluster } from '../../providers/open-cluster.ts';
import type { ProvidedCluster } from '../../providers/provider.ts';
import { placeLab } from '../../tenancy/place-lab.ts';
import type { CliContext } from './context.ts';
import { cliProviders, findProvider } from './providers.ts';
import { untilInterrupted } from './interrupt.ts';
import { sayProblem } from './output.ts';
import { sourceOf, type SourceOptions } from './source.ts';
import { StepTeller } from './step-teller.ts';

/**
 * Which cluster a command works on: the emulated one, or that of a kubeconfig. Whoever names a kubeconfig has
 * confirmed it by that, for this one command.
 */
export interface ClusterChoice extends SourceOptions {
  provider?: ProviderId;
}

/**
 * Adds the options that {@link ClusterChoice} comes from.
 * @param emulated which emulated cluster is meant
 * @param otherwise which one it is when none is chosen, where that is another
 */
export function withCluster(target: Command, emulated: string, otherwise = `emulated: ${emulated}`): Command {
  return target
    .addOption(
      new Option(
        '--provider <id>',
        `whose cluster (default: existing with --kubeconfig, else ${otherwise})`,
      ).choices(providerIdSchema.options),
    )
    .option('--kubeconfig <file>', 'the cluster of this kubeconfig', (file) => resolve(file))
    .option('--context <name>', "of this context of it; of the file's current one without");
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
  const named = choice.kubeconfig !== undefined || choice.context !== undefined;
  const id = choice.provider ?? (named ? 'existing' : 'emulated');
  const provider = findProvider(await cliProviders(context), id);
  const source = await sourceOf(provider, choice);
  const temporary = options.temporary === true || source !== undefined;
  // A private copy of its own for each command: another one may be under way, and what the app uses stays.
  const name = source === undefined ? (options.name ?? CLUSTER_NAME) : commandClusterName();
  const told = new StepTeller(context, false);
  const open = await openCluster(provider, {
    name,
    source,
    connect: createKubeClient,
    signal: untilInterrupted(context),
    onProgress: (steps) => told.tell(steps),
  });
  for (const notice of open.cluster.notices) sayProblem(notice, context);
  if (source !== undefined) context.err(usingLine(open.cluster)[context.locale]);
  return {
    ...open,
    close: async () => {
      await open.close();
      await (temporary ? provider.delete(name) : provider.release());
    },
  };
}

function usingLine({ title, server }: ProvidedCluster): LocalizedText {
  return {
    en: `Using the cluster at ${server.url} (context "${title}").`,
    ko: `${server.url} 클러스터를 사용합니다(컨텍스트 "${title}").`,
  };
}

/** A lab as it is on a cluster: in its own namespaces, or in those that were prepared for the learner. */
export function placedOn({ tenancy }: ProvidedCluster, lab: Lab): Lab {
  return tenancy === undefined ? lab : placeLab(lab, tenancy);
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
