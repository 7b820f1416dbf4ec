import type { Answer, Case, RecordedCase } from './case.ts';
import type { Client } from './client.ts';
import { differences, inOneOrder, signature } from './compare.ts';
import { isHarmless } from './harmless.ts';
import { shrink } from './shrink.ts';
import { tell } from './tell.ts';

/** Something that the two clusters answer differently. */
export interface Finding {
  signature: string;
  /** Shrunk, with the answers of the real cluster. */
  recorded: RecordedCase;
  /** The emulated cluster's. */
  emulated: Answer[];
}

interface Verdict {
  /** Nothing when the answers are the same. */
  signature: string | undefined;
  real: Answer[];
  emulated: Answer[];
  unordered: boolean;
}

/** Tells cases to a real and an emulated cluster and compares what they say. */
export class Judge {
  readonly #real: Client;
  readonly #emulated: Client;
  /** Cases told, and requests that both clusters answered. */
  cases = 0;
  pairs = 0;
  /** Cases that differed once and not again. */
  unsteady = 0;
  /** How often each kind of difference was met. */
  readonly counts = new Map<string, number>();

  constructor(real: Client, emulated: Client) {
    this.#real = real;
    this.#emulated = emulated;
  }

  /** @param budget how often the clusters may be asked to make a case smaller */
  async judge(one: Case, budget: number): Promise<Finding | undefined> {
    this.cases++;
    this.pairs += one.steps.length;
    const first = await this.#ask(one);
    if (first.signature === undefined) return undefined;
    const again = await this.#ask(one);
    if (again.signature !== first.signature) {
      if (!again.unordered) this.unsteady++;
      return undefined;
    }
    const count = (this.counts.get(again.signature) ?? 0) + 1;
    this.counts.set(again.signature, count);
    if (count > 1) return undefined;
    const shows = async (smaller: Case): Promise<boolean> =>
      isHarmless(smaller) && (await this.#ask(smaller)).signature === again.signature;
    const small = await shrink(one, shows, budget);
    const last = await this.#ask(small);
    return {
      signature: again.signature,
      recorded: { ...small, answers: last.real, ...(last.unordered ? { unordered: true } : {}) },
      emulated: last.emulated,
    };
  }

  async #ask(one: Case): Promise<Verdict> {
    const [real, emulated] = await Promise.all([tell(this.#real, one), tell(this.#emulated, one)]);
    const verdict: Verdict = { signature: undefined, real, emulated, unordered: false };
    for (const [index, said] of real.entries()) {
      const ours = emulated[index];
      if (ours === undefined || differences(said, ours).length === 0) continue;
      if (differences(inOneOrder(said), inOneOrder(ours)).length > 0)
        return { ...verdict, signature: `${label(one, index)}: ${signature(said, ours)}` };
      // Only the order differs. It counts if the real server has one.
      const more = [await tell(this.#real, one), await tell(this.#real, one), await tell(this.#real, one)];
      if (more.some((answers) => differences(answers[index] ?? said, said).length > 0))
        verdict.unordered = true;
      else
        return { ...verdict, signature: `${label(one, index)}: order of errors: ${signature(said, ours)}` };
    }
    return verdict;
  }
}

/** `POST pods`: what kind of request it was. */
function label({ steps }: Case, index: number): string {
  const { method = 'GET', path = '' } = steps[index] ?? {};
  const [, resource = '', subresource] =
    /\/(?:v\d\w*)\/(?:namespaces\/[^/?]+\/)?([^/?]+)(?:\/[^/?]+(?:\/([^/?]+))?)?/.exec(path) ?? [];
  return `${method} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}
