import { AppError, type Problem } from '#shared/app-error.ts';
import type { ClusterSource, KubeContext, PreflightReport, SourceReport } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { systemClock } from '../kube/time.ts';
import { Preflight, type PreflightChecks } from '../preflight/check.ts';
import { wordsOf } from '../store/problems.ts';
import { openKube, type Connect } from './open-kube.ts';
import { Progress } from './progress.ts';
import type { ClusterListing, CreateOptions, LendingProvider, ProvidedCluster, Revival } from './provider.ts';
import { waitUntilReady } from './readiness.ts';

const NO_FILE: LocalizedText = {
  en: 'Start Switchyard with --kubeconfig FILE to use a cluster that you already have.',
  ko: '이미 있는 클러스터를 쓰려면 --kubeconfig FILE 옵션으로 Switchyard를 시작하세요.',
};
const READY_DEADLINE_MS = 60_000;

/** A cluster that somebody else made, known by its kubeconfig. It is used, never made and never deleted. */
export class ExistingProvider implements LendingProvider {
  readonly id = 'existing';
  readonly origin = 'given';
  readonly recommended = false;
  readonly name = { en: 'A cluster you have', ko: '이미 있는 클러스터' };
  readonly description = {
    en: 'Uses the cluster of a kubeconfig file. Labs make and delete namespaces of their own in it.',
    ko: 'kubeconfig 파일이 가리키는 클러스터를 사용합니다. 실습은 그 안에 전용 네임스페이스를 만들고 지웁니다.',
  };
  readonly #file: string | undefined;
  readonly #connect: Connect;
  readonly #preflight: Preflight;

  constructor(kubeconfigFile: string | undefined, connect: Connect, checks: PreflightChecks) {
    this.#file = kubeconfigFile;
    this.#connect = connect;
    this.#preflight = new Preflight(this.id, checks);
  }

  preflight(): Promise<PreflightReport> {
    return this.#preflight.run();
  }

  mend(item: string, mend: string): Promise<void> {
    return this.#preflight.mend(item, mend);
  }

  contexts(): Promise<{ contexts: KubeContext[]; problems: Problem[] }> {
    return Promise.resolve({ contexts: [], problems: [] });
  }

  inspect(source: ClusterSource): Promise<SourceReport> {
    return Promise.reject(new AppError({ code: 'kubeconfig-unreadable', message: unreadable(source.file) }));
  }

  list(): Promise<ClusterListing[]> {
    if (this.#file === undefined) return Promise.resolve([]);
    return Promise.resolve([
      { provider: this.id, name: 'existing', state: 'running', kubeconfigPath: this.#file },
    ]);
  }

  leftovers(): Promise<[]> {
    return Promise.resolve([]);
  }

  async create({ name, onProgress, signal }: CreateOptions): Promise<ProvidedCluster> {
    if (this.#file === undefined) throw new AppError({ code: 'no-kubeconfig', message: NO_FILE });
    const progress = new Progress(
      { ready: { en: 'Waiting for the cluster to answer', ko: '클러스터 응답 대기' } },
      onProgress,
    );
    progress.start('ready');
    try {
      const kube = await openKube(this.#file, this.#connect).catch((error: unknown) => {
        if (error instanceof AppError) throw error;
        throw new AppError({
          code: 'kubeconfig-unreadable',
          message: unreadable(this.#file ?? ''),
          fix: { en: 'Give the path of a kubeconfig file.', ko: 'kubeconfig 파일의 경로를 지정하세요.' },
          detail: wordsOf(error),
        });
      });
      try {
        const { version, nodes, schedulable } = await waitUntilReady(kube, {
          clock: systemClock,
          signal,
          deadlineMs: READY_DEADLINE_MS,
          needs: { nodes: 'some' },
        });
        progress.finish();
        return {
          provider: this.id,
          name,
          title: name,
          kubeconfigPath: this.#file,
          server: { url: kube.server, version, nodes },
          capabilities: { nodes: schedulable, has: [], missing: {} },
          reach: { nodePorts: [] },
          notices: [],
        };
      } finally {
        await kube.close();
      }
    } catch (error) {
      progress.fail();
      throw error;
    }
  }

  async revive(name: string, signal: AbortSignal): Promise<Revival> {
    return { state: 'running', cluster: await this.create({ name, signal, onProgress: () => undefined }) };
  }

  attend(): Disposable {
    return { [Symbol.dispose]: () => undefined };
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  /** Forgets the cluster; what is in it is not ours to delete. */
  delete(): Promise<void> {
    return Promise.resolve();
  }
}

function unreadable(file: string): LocalizedText {
  return { en: `${file} could not be read.`, ko: `${file} 파일을 읽을 수 없습니다.` };
}
