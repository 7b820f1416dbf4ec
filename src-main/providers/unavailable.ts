import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Preflight, Provider } from './provider.ts';

interface Unavailable {
  id: 'kind' | 'k3d' | 'existing';
  name: LocalizedText;
  description: LocalizedText;
  reason: LocalizedText;
}

/** A provider that this version knows of and cannot use: it says so, and refuses. */
function unavailable({ reason, ...about }: Unavailable): Provider {
  const refuse = (): Promise<never> =>
    Promise.reject(new AppError({ code: 'provider-unavailable', message: reason }));
  return {
    ...about,
    preflight: (): Promise<Preflight> => Promise.resolve({ available: false, reason }),
    list: () => Promise.resolve([]),
    ensure: refuse,
    release: () => Promise.resolve(),
    delete: refuse,
  };
}

const NOT_YET = {
  en: 'Not in this version yet. The built-in cluster runs every lab of this version.',
  ko: '이 버전에는 아직 없습니다. 이 버전의 모든 실습은 내장 클러스터에서 실행할 수 있습니다.',
};

/** The providers that come later. */
export const laterProviders: Provider[] = [
  unavailable({
    id: 'kind',
    name: { en: 'kind', ko: 'kind' },
    description: {
      en: 'Real Kubernetes in containers, with kind and Docker.',
      ko: 'kind와 Docker로 컨테이너에서 실행하는 실제 Kubernetes입니다.',
    },
    reason: NOT_YET,
  }),
  unavailable({
    id: 'k3d',
    name: { en: 'k3d', ko: 'k3d' },
    description: {
      en: 'Real, small Kubernetes (k3s) in containers, with k3d and Docker.',
      ko: 'k3d와 Docker로 컨테이너에서 실행하는 작은 실제 Kubernetes(k3s)입니다.',
    },
    reason: NOT_YET,
  }),
];
