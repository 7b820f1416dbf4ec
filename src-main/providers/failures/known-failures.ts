import type { LocalizedText } from '#shared/locale.ts';
import type { EngineId } from '../../engine/engine-id.ts';
import type { AdviceBySystem } from '../../host/platform.ts';
import { ENGINE_FAILURES } from './engine-failures.ts';
import { IMAGE_FAILURES } from './image-failures.ts';
import { NODE_FAILURES } from './node-failures.ts';

/** What a remedy may name. */
export interface FailureContext {
  engine: EngineId;
  /** The program that makes the cluster: kind or k3d. */
  tool: string;
  /** The cluster's name, as that program knows it. */
  cluster: string;
}

/** A failure that is known by the words that programs print for it. */
export interface KnownFailure {
  code: string;
  /** The words, as kind, k3d, the engines and kubeadm print them. The first group, if any, is what they are about. */
  words: RegExp;
  /** Whether a line with these words means this failure, in view of everything that was printed. Default: always. */
  beside?: (output: string, line: string) => boolean;
  message: (context: FailureContext, subject: string) => LocalizedText;
  fix: (context: FailureContext, subject: string) => AdviceBySystem;
}

/** In this order: what stands first says more than what stands after it. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  ...ENGINE_FAILURES,
  ...IMAGE_FAILURES,
  ...NODE_FAILURES,
];
