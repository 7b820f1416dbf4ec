/** What unwinds the interpreter: thrown by builtins, caught where it ends. */

export class BreakLoop extends Error {
  levels: number;
  constructor(levels: number) {
    super('break');
    this.levels = levels;
  }
}

export class ContinueLoop extends Error {
  levels: number;
  constructor(levels: number) {
    super('continue');
    this.levels = levels;
  }
}

export class ReturnFromFunction extends Error {
  readonly status: number;
  constructor(status: number) {
    super('return');
    this.status = status;
  }
}

export class ExitShell extends Error {
  readonly status: number;
  constructor(status: number) {
    super('exit');
    this.status = status;
  }
}

/** Ctrl+C at an interactive shell. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
  }
}
