import { satisfies, type ObjectFilter } from './selectors.ts';
import { badRequest } from './status.ts';
import { labelValue, qualifiedName } from './validation/names.ts';

/** A fault in the text of a selector, in the words of k8s.io/apimachinery/pkg/labels. */
class SelectorFault extends Error {}

interface Requirement {
  key: string;
  /** As in the matchExpressions of objects. */
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values: readonly string[];
}

interface Token {
  /** `identifier`, `end`, or the symbol or word itself. */
  kind: string;
  text: string;
}

const SYMBOLS = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const OPERATORS: Record<string, Requirement['operator']> = {
  in: 'In',
  notin: 'NotIn',
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};
const OPERATOR_NAMES = 'in, notin, =, ==, !=, gt, lt';

/** Parses the `labelSelector` parameter. @throws ApiError 400. */
export function parseLabelSelector(text: string): ObjectFilter {
  let requirements: Requirement[];
  try {
    requirements = new Parser(tokenize(text)).parse();
  } catch (error) {
    if (error instanceof SelectorFault) throw badRequest(error.message);
    throw error;
  }
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return requirements.every((requirement) => satisfies(labels[requirement.key], requirement));
  };
}

/** Symbols are taken as long as they can be: `!=` before `!`. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [part] of text.matchAll(/[^\s=!(),<>]+|[=!(),<>]+/g)) {
    if (!/^[=!(),<>]/.test(part)) {
      tokens.push({ kind: part === 'in' || part === 'notin' ? part : 'identifier', text: part });
      continue;
    }
    for (let at = 0; at < part.length;) {
      const two = part.slice(at, at + 2);
      const symbol = SYMBOLS.has(two) ? two : part.slice(at, at + 1);
      tokens.push({ kind: symbol, text: symbol });
      at += symbol.length;
    }
  }
  return [...tokens, { kind: 'end', text: '' }];
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const next = this.#peek();
      if (next.kind === 'end') return requirements;
      if (!isIdentifier(next) && next.kind !== '!')
        throw new SelectorFault(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#requirement());
      const after = this.#take();
      if (after.kind === 'end') return requirements;
      if (after.kind !== ',')
        throw new SelectorFault(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (!isIdentifier(following) && following.kind !== '!')
        throw new SelectorFault(`found '${following.text}', expected: identifier after ','`);
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }

  #take(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #requirement(): Requirement {
    try {
      return this.#keyOperatorValues();
    } catch (error) {
      if (error instanceof SelectorFault)
        throw new SelectorFault(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  #keyOperatorValues(): Requirement {
    let token = this.#take();
    const negated = token.kind === '!';
    if (negated) token = this.#take();
    if (!isIdentifier(token)) throw new SelectorFault(`found '${token.text}', expected: identifier`);
    const key = token.text;
    refuse('<nil>', key, qualifiedName(key));
    const next = this.#peek();
    if (negated || next.kind === 'end' || next.kind === ',')
      return { key, operator: negated ? 'DoesNotExist' : 'Exists', values: [] };
    this.#at++;
    const operator = OPERATORS[next.kind];
    if (operator === undefined) throw new SelectorFault(`found '${next.text}', expected: ${OPERATOR_NAMES}`);
    const values = next.kind === 'in' || next.kind === 'notin' ? this.#values() : [this.#value()];
    for (const [index, value] of values.entries()) {
      if ((operator === 'Gt' || operator === 'Lt') && !/^[+-]?\d+$/.test(value))
        refuse(`values[${index}]`, value, ["for 'Gt', 'Lt' operators, the value must be an integer"]);
      refuse(`values[${index}][${key}]`, value, labelValue(value));
    }
    return { key, operator, values };
  }

  #value(): string {
    const next = this.#peek();
    if (next.kind === 'end' || next.kind === ',') return '';
    this.#at++;
    if (!isIdentifier(next)) throw new SelectorFault(`found '${next.text}', expected: identifier`);
    return next.text;
  }

  /** `(a, b)`; places left empty stand for the empty value. */
  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw new SelectorFault(`found '${open.text}' expected: '('`);
    const next = this.#peek();
    if (next.kind === ')') {
      this.#at++;
      return [''];
    }
    if (!isIdentifier(next) && next.kind !== ',')
      throw new SelectorFault(`found '${next.text}', expected: ',', ')' or identifier`);
    const values = new Set<string>();
    for (;;) {
      const token = this.#take();
      if (isIdentifier(token)) {
        values.add(token.text);
        const following = this.#peek();
        if (following.kind === ')') break;
        if (following.kind !== ',')
          throw new SelectorFault(`found '${following.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.size === 0) values.add('');
        const following = this.#peek();
        if (following.kind === ')' || following.kind === ',') values.add('');
        if (following.kind === ')') break;
        if (following.kind === ',') this.#at++;
      } else throw new SelectorFault(`found '${token.text}', expected: ',', or identifier`);
    }
    this.#at++;
    return [...values].sort();
  }
}

/** `in` and `notin` are words like others where no operator can stand. */
function isIdentifier({ kind }: Token): boolean {
  return kind === 'identifier' || kind === 'in' || kind === 'notin';
}

function refuse(field: string, value: string, faults: readonly string[]): void {
  if (faults.length > 0)
    throw new SelectorFault(`${field}: Invalid value: ${JSON.stringify(value)}: ${faults.join('; ')}`);
}
