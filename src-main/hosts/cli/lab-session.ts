import { readFile } from 'node:fs/promises';
import { AppError } from '#shared/app-error.ts';
import { CLUSTER_NAME, createProviders } from '../../app/app.ts';
import { createKubeClient, type KubeClient } from '../../kube/client.ts';
import type { Lab } from '../../labs/lab.ts';
import { loadLibrary, type LabLibrary } from '../../labs/library.ts';
import type { CliContext } from './context.ts';

/** Which cluster a command works on. */
export interface ClusterChoice {
  /** A kubeconfig; without it, the emulated cluster. */
  kubeconfig?: string;
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
  if (choice.kubeconfig !== undefined) {
    const kube = createKubeClient(await readKubeconfig(choice.kubeconfig), choice.kubeconfig);
    return { kube, close: () => kube.close() };
  }
  const provider = createProviders({ ...context, kubeconfig: undefined }, 'cli').find(
    ({ id }) => id === 'emulated',
  );
  if (provider === undefined) throw new Error('there is no emulated provider');
  const name = options.name ?? CLUSTER_NAME;
  const cluster = await provider.ensure({
    name,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const kube = createKubeClient(await readKubeconfig(cluster.kubeconfigPath), cluster.kubeconfigPath);
  return {
    kube,
    close: async () => {
      await kube.close();
      await (options.temporary === true ? provider.delete(name) : provider.release());
    },
  };
}

async function readKubeconfig(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError({
      code: 'kubeconfig-unreadable',
      message: {
        en: `The kubeconfig ${path} cannot be read.`,
        ko: `kubeconfig ${path}을(를) 읽을 수 없습니다.`,
      },
      ...(error instanceof Error ? { detail: error.message } : {}),
    });
  }
}

/** The labs; problems with some of them are printed with their places. */
export async function readLabs(context: CliContext): Promise<LabLibrary> {
  const library = await loadLibrary(context.paths.labs);
  for (const problem of library.problems) {
    const { where, message, fix } = problem;
    const place = where === undefined ? '' : `${where.file}:${String(where.line)}:${String(where.column)}: `;
    context.err(`${place}${message[context.locale]}${fix === undefined ? '' : ` ${fix[context.locale]}`}`);
  }
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
