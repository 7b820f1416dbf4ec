import { readAll } from '../pipe.ts';
import { isTerminal } from '../process.ts';
import { FileError, type ProcessContext, type Program } from '../types.ts';
import { evaluate, Scope } from './jq/evaluate.ts';
import { formatJson } from './jq/format.ts';
import { parseJq } from './jq/parser.ts';
import { type Filter, JqFailure, JqSyntax, type Json } from './jq/syntax.ts';
import { readValues } from './jq/values.ts';
import { openInput } from './support.ts';

const USAGE = `Usage:\tjq [OPTIONS] FILTER [FILES...]\n\tjq [OPTIONS] -n FILTER\n\tjq [OPTIONS] --args FILTER [ARGUMENTS...]\n`;

interface JqOptions {
  flags: Set<string>;
  variables: Map<string, Json>;
  indent: number | string;
  operands: string[];
}

const LONG: Record<string, string> = {
  'raw-output': 'r', 'compact-output': 'c', slurp: 's', 'null-input': 'n', 'exit-status': 'e', 'sort-keys': 'S', 'raw-input': 'R',
  'join-output': 'j', 'color-output': 'C', 'monochrome-output': 'M', tab: 'tab', 'ascii-output': 'a',
}; // prettier-ignore

/** jq: filters JSON. What of the language is not here is refused, not guessed at. */
export const jq: Program = async (context) => {
  const options = readOptions(context);
  if (options.flags.has('version')) {
    await context.stdout.write('jq-1.7.1\n');
    return 0;
  }
  const [text, ...files] = options.operands;
  if (text === undefined) {
    await context.stderr.write(USAGE);
    return 2;
  }
  let filter: Filter;
  try {
    filter = parseJq(text.trim() === '' ? '.' : text);
  } catch (error) {
    if (!(error instanceof JqSyntax)) throw error;
    return compileError(context, error, text);
  }
  let input = '';
  let status = 0;
  if (!options.flags.has('n') || files.length > 0)
    for (const file of files.length === 0 ? ['-'] : files) {
      try {
        input += new TextDecoder().decode(await readAll(openInput(context, file)));
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        await context.stderr.write(`jq: error: Could not open ${file}: ${error.message}\n`);
        status = 2;
      }
    }
  try {
    return (await run(context, filter, inputsOf(input, options), options)) || status;
  } catch (error) {
    if (!(error instanceof JqSyntax)) throw error;
    return compileError(context, error, text);
  }
};

async function compileError(context: ProcessContext, error: JqSyntax, text: string): Promise<number> {
  await context.stderr.write(
    `jq: error: ${error.message} at <top-level>, line 1:\n${text}\njq: 1 compile error\n`,
  );
  return 3;
}

function readOptions({ argv, env, clock }: ProcessContext): JqOptions {
  const options: JqOptions = { flags: new Set(), variables: new Map(), indent: 2, operands: [] };
  options.variables.set('ENV', { ...env });
  options.variables.set('__now__', clock.now() / 1000);
  const words = argv.slice(1);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!/^-./.test(word)) options.operands.push(word);
    else if (word === '--arg') options.variables.set(words.shift() ?? '', words.shift() ?? '');
    else if (word === '--argjson')
      options.variables.set(words.shift() ?? '', JSON.parse(words.shift() ?? 'null') as Json);
    else if (word === '--indent') options.indent = Number(words.shift());
    else if (word.startsWith('--')) options.flags.add(LONG[word.slice(2)] ?? word.slice(2));
    else for (const letter of word.slice(1)) options.flags.add(letter);
  }
  if (options.flags.has('c') || options.flags.has('j')) options.indent = 0;
  if (options.flags.has('tab')) options.indent = '\t';
  return options;
}

/** The values to filter, one after the other; a part that is no JSON ends them with a failure. */
function* inputsOf(text: string, { flags }: JqOptions): Generator<Json, void> {
  const values = flags.has('R') ? text.replace(/\n$/, '').split('\n')[Symbol.iterator]() : readValues(text);
  if (flags.has('n')) yield null;
  else if (flags.has('s')) yield flags.has('R') ? text : [...values];
  else yield* values;
}

async function run(
  context: ProcessContext,
  filter: Filter,
  inputs: Iterator<Json, void>,
  options: JqOptions,
): Promise<number> {
  const { flags, variables, indent } = options;
  const raw = flags.has('r') || flags.has('j');
  const colour = flags.has('C') || (isTerminal(context, 1) && !flags.has('M'));
  const scope = new Scope(variables);
  let status = 0;
  let last: Json | undefined;
  for (;;) {
    try {
      const next = inputs.next();
      if (next.done === true) break;
      for (const value of evaluate(filter, next.value, scope)) {
        last = value;
        const text =
          raw && typeof value === 'string'
            ? value
            : formatJson(value, { indent, sortKeys: flags.has('S'), colour });
        await context.stdout.write(flags.has('j') ? text : `${text}\n`);
      }
    } catch (error) {
      if (error instanceof SyntaxError) {
        await context.stderr.write(`jq: parse error: ${error.message}\n`);
        return 2;
      }
      if (!(error instanceof JqFailure)) throw error;
      await context.stderr.write(`jq: error (at <stdin>:0): ${error.message}\n`);
      status = 5;
    }
  }
  if (flags.has('e') && status === 0) return last === undefined ? 4 : last === null || last === false ? 1 : 0;
  return status;
}
