import { AppError } from '#shared/app-error.ts';
import type { StatusBody } from './objects.ts';

/** The API server answered, and refused. */
export class KubeStatusError extends AppError {
  readonly code: number;
  readonly reason: string;
  readonly body: StatusBody;

  constructor(code: number, body: StatusBody, what: string) {
    const words = body.message ?? `HTTP ${String(code)}`;
    super({
      code: `kube-${(body.reason ?? String(code)).toLowerCase()}`,
      message: {
        en: `The cluster refused ${what}: ${words}`,
        ko: `클러스터가 요청을 거부했습니다(${what}): ${words}`,
      },
      detail: words,
    });
    this.name = 'KubeStatusError';
    this.code = code;
    this.reason = body.reason ?? '';
    this.body = body;
  }
}

/** No answer from the API server: nothing can be said about the cluster. */
export class KubeUnreachableError extends AppError {
  constructor(server: string, what: string, cause: unknown) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super(
      {
        code: 'kube-unreachable',
        message: {
          en: `The cluster at ${server} did not answer (${what}): ${words}`,
          ko: `클러스터 ${server}가 응답하지 않습니다(${what}): ${words}`,
        },
        fix: {
          en: 'See that the cluster is running, then try again.',
          ko: '클러스터가 실행 중인지 확인한 다음 다시 시도하세요.',
        },
        detail: words,
      },
      { cause },
    );
    this.name = 'KubeUnreachableError';
  }
}

/** Something was waited for and did not come in time. `seen` is what was seen last. */
export class DeadlineError extends AppError {
  constructor(what: { en: string; ko: string }, ms: number, seen?: string) {
    const seconds = String(Math.round(ms / 100) / 10);
    super({
      code: 'deadline',
      message: {
        en: `Waited ${seconds} s for ${what.en}, which did not happen.${seen === undefined ? '' : ` Last seen: ${seen}.`}`,
        ko: `${seconds}초 동안 기다렸지만 완료되지 않았습니다: ${what.ko}.${seen === undefined ? '' : ` 마지막 상태: ${seen}.`}`,
      },
      ...(seen === undefined ? {} : { detail: seen }),
    });
    this.name = 'DeadlineError';
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeStatusError && error.code === 404;
}

/** What was asked for; undefined when the user may not look at it. */
export async function unlessForbidden<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof KubeStatusError && error.code === 403) return undefined;
    throw error;
  }
}
