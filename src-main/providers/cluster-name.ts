import { AppError } from '#shared/app-error.ts';

/** Name of the cluster that the app makes by itself. */
export const CLUSTER_NAME = 'switchyard';

/** A DNS label, as Kubernetes wants names. k3d takes 32 characters, and a name that is taken gets a number behind it. */
export function isClusterName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/.test(name);
}

/** @throws AppError `cluster-name-invalid` */
export function requireClusterName(name: string): void {
  if (isClusterName(name)) return;
  throw new AppError({
    code: 'cluster-name-invalid',
    message: {
      en: `"${name}" cannot be a cluster's name.`,
      ko: `"${name}"은(는) 클러스터 이름으로 쓸 수 없습니다.`,
    },
    fix: {
      en: 'Use at most 30 lower case letters, digits and "-", with a letter or digit at both ends.',
      ko: '영문 소문자, 숫자, "-"를 30자까지 쓰고, 처음과 끝은 문자나 숫자로 하세요.',
    },
  });
}
