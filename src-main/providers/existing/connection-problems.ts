import { AppError } from '#shared/app-error.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { KubeStatusError, KubeUnreachableError } from '../../kube/errors.ts';
import { systemErrorCode, wordsOf } from '../../store/problems.ts';

/** Why a cluster cannot be talked to, told apart as far as the connection says it. */
export function connectionError(server: string, error: unknown): AppError {
  if (error instanceof KubeStatusError && error.code === 401) return credentialsRefused(server, error);
  if (!(error instanceof KubeUnreachableError))
    return error instanceof AppError ? error : unreachable(server, wordsOf(error), error);
  const code = systemErrorCode(error.cause) ?? '';
  const detail = wordsOf(error.cause);
  if (/CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY|ERR_TLS/.test(code))
    return certificateError(server, code, error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return nameUnknown(server, error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT' || /timeout/i.test(detail))
    return silent(server, undefined, error);
  return unreachable(server, detail, error);
}

/** Nothing came back. @param ms how long was waited, where that is known */
export function silent(server: string, ms: number | undefined, cause?: unknown): AppError {
  const seconds = ms === undefined ? undefined : Math.round(ms / 1000);
  return made('cluster-silent', cause, {
    message: {
      en: `${server} did not answer${seconds === undefined ? '' : ` within ${seconds} seconds`}.`,
      ko: `${server}이 ${seconds === undefined ? '' : `${seconds}초 안에 `}응답하지 않았습니다.`,
    },
    fix: {
      en: 'See whether you need a VPN for it, then try again.',
      ko: 'VPN이 필요한 클러스터인지 확인한 다음 다시 시도하세요.',
    },
  });
}

function unreachable(server: string, words: string, cause: unknown): AppError {
  return made('cluster-unreachable', cause, {
    message: {
      en: `${server} cannot be reached: ${words}`,
      ko: `${server}에 연결할 수 없습니다: ${words}`,
    },
    fix: {
      en: 'See that the cluster is running and that the address is right, then try again.',
      ko: '클러스터가 실행 중이고 주소가 맞는지 확인한 다음 다시 시도하세요.',
    },
  });
}

function nameUnknown(server: string, cause: unknown): AppError {
  return made('cluster-name-unknown', cause, {
    message: {
      en: `The name of ${server} cannot be resolved.`,
      ko: `${server}의 이름을 해석할 수 없습니다.`,
    },
    fix: {
      en: 'See whether you are online and whether you need a VPN for it, then try again.',
      ko: '네트워크에 연결되어 있는지, VPN이 필요한지 확인한 다음 다시 시도하세요.',
    },
  });
}

function certificateError(server: string, code: string, cause: unknown): AppError {
  const expired = code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID';
  const otherName = code === 'ERR_TLS_CERT_ALTNAME_INVALID';
  const message = expired
    ? {
        en: `The certificate of ${server} has expired, or is not valid yet.`,
        ko: `${server}의 인증서가 만료되었거나 아직 유효하지 않습니다.`,
      }
    : otherName
      ? {
          en: `The certificate of ${server} is for another name.`,
          ko: `${server}의 인증서가 다른 이름의 것입니다.`,
        }
      : {
          en: `The certificate of ${server} was not signed by the authority that the kubeconfig names: it is another cluster, or its certificate has changed.`,
          ko: `${server}의 인증서가 kubeconfig에 적힌 인증 기관이 서명한 것이 아닙니다. 다른 클러스터이거나 인증서가 바뀌었습니다.`,
        };
  return made('cluster-certificate', cause, {
    message,
    fix: {
      en: 'Get a new kubeconfig for this cluster, and see that the clock of this machine is right.',
      ko: '이 클러스터의 kubeconfig를 새로 받고, 이 컴퓨터의 시계가 맞는지 확인하세요.',
    },
  });
}

function credentialsRefused(server: string, cause: unknown): AppError {
  return made('credentials-refused', cause, {
    message: {
      en: `${server} does not accept who the kubeconfig says you are: the credentials are wrong, or have expired.`,
      ko: `${server}이 kubeconfig의 사용자 인증 정보를 받아들이지 않습니다. 잘못되었거나 만료된 정보입니다.`,
    },
    fix: {
      en: 'Log in to the cluster again, or get a new kubeconfig, then try again.',
      ko: '클러스터에 다시 로그인하거나 kubeconfig를 새로 받은 다음 다시 시도하세요.',
    },
  });
}

function made(code: string, cause: unknown, words: { message: LocalizedText; fix: LocalizedText }): AppError {
  const inner = cause instanceof KubeUnreachableError ? cause.cause : cause;
  return new AppError({ code, ...words, ...(inner !== undefined && { detail: wordsOf(inner) }) }, { cause });
}
