import type { Shell } from './interpreter.ts';

/** A command that the shell runs itself. Resolves with its status. */
export type Builtin = (shell: Shell, args: readonly string[]) => Promise<number>;
