/** Where arithmetic finds and puts variables. */
export interface ArithmeticVariables {
  get(name: string): string;
  set(name: string, value: string): void;
}

type Operator = (left: number, right: number) => number;

const LEVELS: Record<string, Operator>[] = [
  { '|': (a, b) => a | b },
  { '^': (a, b) => a ^ b },
  { '&': (a, b) => a & b },
  { '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b) },
  {
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
  },
  { '<<': (a, b) => a * 2 ** b, '>>': (a, b) => Math.floor(a / 2 ** b) },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': divide, '%': (a, b) => (divide(a, b), a % b) },
  { '**': (a, b) => a ** b },
];

const TOKEN =
  /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<=|>>=|\+\+|--|\*\*|&&|\|\||[-+*/%&|^<>=!]=|<<|>>|[-+*/%&|^<>=!~?:(),])/y;

function divide(a: number, b: number): number {
  if (b === 0) throw new Error('divide by zero');
  return Math.trunc(a / b);
}

/** Evaluates `$((…))`: C's integer expressions, POSIX shell 2.6.4. @throws Error in ash's words. */
export function evaluateArithmetic(text: string, variables: ArithmeticVariables): number {
  return new Evaluator(text, variables).run();
}

class Evaluator {
  readonly #tokens: string[] = [];
  readonly #variables: ArithmeticVariables;
  #at = 0;
  /** Above 0 in a branch that is not taken: assignments and divisions there do nothing. */
  #skipping = 0;

  constructor(text: string, variables: ArithmeticVariables) {
    this.#variables = variables;
    TOKEN.lastIndex = 0;
    const trimmed = text.trimEnd();
    while (TOKEN.lastIndex < trimmed.length) {
      const match = TOKEN.exec(trimmed);
      if (match === null) throw new Error('arithmetic syntax error');
      this.#tokens.push(match[1] ?? '');
    }
  }

  run(): number {
    if (this.#tokens.length === 0) return 0;
    const value = this.#comma();
    if (this.#at < this.#tokens.length) throw new Error('arithmetic syntax error');
    return value;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #comma(): number {
    let value = this.#assignment();
    while (this.#take(',')) value = this.#assignment();
    return value;
  }

  #assignment(): number {
    const name = this.#peek() ?? '';
    const operator = this.#tokens[this.#at + 1] ?? '';
    if (/^[A-Za-z_]/.test(name) && (operator === '=' || /^([-+*/%&|^]|<<|>>)=$/.test(operator))) {
      this.#at += 2;
      const right = this.#assignment();
      const apply = operator === '=' ? undefined : LEVELS.find((level) => operator.slice(0, -1) in level);
      const value = apply?.[operator.slice(0, -1)]?.(this.#variable(name), right) ?? right;
      return this.#store(name, value);
    }
    return this.#ternary();
  }

  #ternary(): number {
    const condition = this.#or();
    if (!this.#take('?')) return condition;
    const yes = this.#skipIf(condition === 0, () => this.#assignment());
    if (!this.#take(':')) throw new Error('arithmetic syntax error');
    const no = this.#skipIf(condition !== 0, () => this.#assignment());
    return condition !== 0 ? yes : no;
  }

  #or(): number {
    let left = this.#and();
    while (this.#take('||')) {
      const right = this.#skipIf(left !== 0, () => this.#and());
      left = Number(left !== 0 || right !== 0);
    }
    return left;
  }

  #and(): number {
    let left = this.#binary(0);
    while (this.#take('&&')) {
      const right = this.#skipIf(left === 0, () => this.#binary(0));
      left = Number(left !== 0 && right !== 0);
    }
    return left;
  }

  #skipIf(skip: boolean, evaluate: () => number): number {
    if (skip) this.#skipping++;
    const value = evaluate();
    if (skip) this.#skipping--;
    return value;
  }

  #binary(level: number): number {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators[this.#peek() ?? ''];
      if (operator === undefined) return left;
      this.#at++;
      const right = this.#binary(level + 1);
      left = this.#skipping > 0 ? 0 : operator(left, right);
    }
  }

  #unary(): number {
    if (this.#take('!')) return Number(this.#unary() === 0);
    if (this.#take('~')) return ~this.#unary();
    if (this.#take('-')) return -this.#unary();
    if (this.#take('+')) return this.#unary();
    for (const step of ['++', '--']) {
      if (!this.#take(step)) continue;
      const name = this.#tokens[this.#at++] ?? '';
      return this.#store(name, this.#variable(name) + (step === '++' ? 1 : -1));
    }
    return this.#primary();
  }

  #primary(): number {
    const token = this.#tokens[this.#at++];
    if (token === '(') {
      const value = this.#comma();
      if (!this.#take(')')) throw new Error('arithmetic syntax error');
      return value;
    }
    if (token === undefined) throw new Error('arithmetic syntax error');
    if (/^\d/.test(token)) return toNumber(token);
    if (!/^[A-Za-z_]/.test(token)) throw new Error('arithmetic syntax error');
    const value = this.#variable(token);
    if (this.#take('++')) this.#store(token, value + 1);
    else if (this.#take('--')) this.#store(token, value - 1);
    return value;
  }

  #variable(name: string): number {
    const value = this.#variables.get(name).trim();
    return value === '' ? 0 : toNumber(value);
  }

  #store(name: string, value: number): number {
    if (this.#skipping === 0) this.#variables.set(name, String(value));
    return value;
  }
}

function toNumber(text: string): number {
  const negative = text.startsWith('-');
  const digits = negative ? text.slice(1) : text;
  if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(digits)) throw new Error('arithmetic syntax error');
  const value = /^0\d/.test(digits) ? parseInt(digits, 8) : Number(digits);
  return negative ? -value : value;
}
