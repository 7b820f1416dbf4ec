import { access, constants, readFile } from 'node:fs/promises';
import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { wordsOf } from '../store/problems.ts';
import { Progress } from './progress.ts';
import type { ClusterListing, EnsureOptions, Preflight, ProvidedCluster, Provider } from './provider.ts';

const NO_FILE: LocalizedText = {
  en: 'Start Switchyard with --kubeconfig FILE to use a cluster that you already have.',
  ko: '이미 있는 클러스터를 쓰려면 --kubeconfig FILE 옵션으로 Switchyard를 시작하세요.',
};

/** A cluster that somebody else made, known by its kubeconfig. It is used, never made and never deleted. */
export class ExistingProvider implements Provider {
  readonly id = 'existing';
  readonly name = { en: 'A cluster you have', ko: '이미 있는 클러스터' };
  readonly description = {
    en: 'Uses the cluster of a kubeconfig file. Labs make and delete namespaces of their own in it.',
    ko: 'kubeconfig 파일이 가리키는 클러스터를 사용합니다. 실습은 그 안에 전용 네임스페이스를 만들고 지웁니다.',
  };
  readonly #file: string | undefined;

  constructor(kubeconfigFile: string | undefined) {
    this.#file = kubeconfigFile;
  }

  async preflight(): Promise<Preflight> {
    if (this.#file === undefined) return { available: false, reason: NO_FILE };
    return await access(this.#file, constants.R_OK).then(
      () => ({ available: true }) as const,
      () => ({ available: false, reason: unreadable(this.#file ?? '') }) as const,
    );
  }

  list(): Promise<ClusterListing[]> {
    if (this.#file === undefined) return Promise.resolve([]);
    return Promise.resolve([
      { provider: this.id, name: 'existing', running: true, kubeconfigPath: this.#file },
    ]);
  }

  async ensure({ name, onProgress }: EnsureOptions): Promise<ProvidedCluster> {
    if (this.#file === undefined) throw new AppError({ code: 'no-kubeconfig', message: NO_FILE });
    const progress = new Progress(
      { read: { en: 'Reading the kubeconfig', ko: 'kubeconfig 읽기' } },
      onProgress,
    );
    progress.start('read');
    try {
      await readFile(this.#file);
    } catch (error) {
      progress.fail();
      throw new AppError({
        code: 'kubeconfig-unreadable',
        message: unreadable(this.#file),
        fix: { en: 'Give the path of a kubeconfig file.', ko: 'kubeconfig 파일의 경로를 지정하세요.' },
        detail: wordsOf(error),
      });
    }
    progress.finish();
    return { provider: this.id, name, kubeconfigPath: this.#file, url: '' };
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
