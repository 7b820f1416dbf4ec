import { delimiter, join } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { PreflightCheck } from '../check.ts';

/**
 * A kubeconfig is there. Only whether the file is: nobody has asked yet to read it, and it holds secrets.
 * @param given the file that the app was started with
 */
export function kubeconfigCheck(
  { env, home, isReadable }: Pick<Host, 'env' | 'home' | 'isReadable'>,
  given: string | undefined,
): PreflightCheck {
  return {
    id: 'kubeconfig',
    title: { en: 'kubeconfig', ko: 'kubeconfig' },
    why: {
      en: 'It says where the cluster is and who you are. It is read when you choose a cluster, not before, and never changed.',
      ko: '클러스터의 주소와 사용자 정보가 들어 있습니다. 클러스터를 고를 때만 읽으며 절대 바꾸지 않습니다.',
    },
    async look() {
      const paths = given === undefined ? ownFiles(env, home) : [given];
      const readable = await Promise.all(paths.map(isReadable));
      const found = paths.filter((_, index) => readable[index]);
      // Whether the labs' images can be had there, its nodes know.
      if (found.length > 0)
        return {
          state: 'ok',
          offlineReady: false,
          seen: { en: `Found: ${found.join(', ')}.`, ko: `찾음: ${found.join(', ')}.` },
        };
      const seen = {
        en: `There is none that you can read: ${paths.join(', ')}.`,
        ko: `읽을 수 있는 파일이 없습니다: ${paths.join(', ')}.`,
      };
      return given === undefined
        ? {
            state: 'warning',
            offlineReady: false,
            seen,
            fix: {
              text: {
                en: 'Name the file when you choose the cluster.',
                ko: '클러스터를 고를 때 파일을 지정하세요.',
              },
            },
          }
        : {
            state: 'blocked',
            offlineReady: false,
            seen,
            fix: {
              text: {
                en: 'See that the path given with --kubeconfig is right.',
                ko: '--kubeconfig로 지정한 경로가 맞는지 확인하세요.',
              },
            },
          };
    },
  };
}

/** Where kubectl looks (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig). */
function ownFiles(env: Host['env'], home: string): string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return named.length > 0 ? named : [join(home, '.kube', 'config')];
}
