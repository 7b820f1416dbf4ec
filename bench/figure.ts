/** One measured quantity. */
export interface Figure {
  name: string;
  /** `×`: as many times as long as what it is compared with. */
  unit: 'ms' | 'MB' | '×' | '%' | '/s';
  /** What the project wants, for people to compare with. */
  goal: string;
  values: number[];
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
