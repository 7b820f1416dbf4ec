import { Option, type Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { providerIdSchema, type ProviderId } from '#shared/contract.ts';
import { CLUSTER_NAME, createProviders } from '../../app/app.ts';
import { unknownProviderError } from '../../app/problems.ts';
import { createKubeClient, type KubeClient } from '../../kube/client.ts';
import type { Lab } from '../../labs/lab.ts';
import { loadLibrary, type LabLibrary } from '../../labs/library.ts';
import type { CliContext } from './context.ts';
import { sayProblem } from './output.ts';

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
): Promise<{ kube: KubeClient; close(): Promise<void> }> {
  const { provider: id = choice.kubeconfig === undefined ? 'emulated' : 'existing', kubeconfig } = choice;
  if (id !== 'existing' && kubeconfig !== undefined) throw kubeconfigUnusedError(id);
  const provider = createProviders({ ...context, kubeconfig }, 'cli').find(
    (candidate) => candidate.id === id,
  );
  if (provider === undefined) throw unknownProviderError(id);
  const name = options.name ?? CLUSTER_NAME;
  const cluster = await provider.ensure({
    name,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  for (const notice of cluster.notices ?? []) sayProblem(notice, context);
  const kube = createKubeClient(await readFile(cluster.kubeconfigPath, 'utf8'), cluster.kubeconfigPath);
  return {
    kube,
    close: async () => {
      await kube.close();
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
