import type { Value } from './values.ts';

/** How statements leave what they stand in. */

/** `next`. */
export class NextRecord extends Error {}
/** `break`, or `continue` when the loop goes on. */
export class LeaveLoop extends Error {
  readonly goesOn: boolean;
  constructor(goesOn: boolean) {
    super();
    this.goesOn = goesOn;
  }
}
/** `exit`, with the program's exit code when it names one. */
export class Exit extends Error {
  readonly code: number | undefined;
  constructor(code: number | undefined) {
    super();
    this.code = code;
  }
}
/** `return`. */
export class Return extends Error {
  readonly value: Value;
  constructor(value: Value) {
    super();
    this.value = value;
  }
}
