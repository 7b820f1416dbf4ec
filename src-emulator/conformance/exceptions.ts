import type { Exception } from './suite/comparison.ts';

/** Differences with one reason. */
export interface ExceptionTopic {
  readonly title: string;
  /** Why it is so, for people who know Kubernetes. */
  readonly reason: string;
  readonly exceptions: readonly Exception[];
}

/** All that the emulated cluster answers otherwise than Kubernetes does, on purpose. docs/emulated-and-real.md is made of it. */
export const EXCEPTIONS: readonly ExceptionTopic[] = [];
