import type { Shell } from './interpreter.ts';

/** bash's `time` before a simple command: how long it took. Its work costs no processor time that could be told. */
export async function timed(
  shell: Shell,
  argv: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  const { clock } = shell.context;
  const startedMs = clock.now();
  const status = argv.length === 0 ? 0 : await shell.run(argv, env);
  const seconds = (clock.now() - startedMs) / 1000;
  const real = `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s`;
  await shell.descriptors.sink(2).write(`\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`);
  return status;
}
