import { UsageFailure } from './support.ts';

/** Flags by name with their defaults; a flag whose default is a boolean takes no value of its own. */
type FlagDefaults = Readonly<Record<string, string | number | boolean>>;

type FlagValues<T extends FlagDefaults> = {
  -readonly [K in keyof T]: T[K] extends boolean ? boolean : T[K] extends number ? number : string;
};

export interface GoFlags<T extends FlagDefaults> {
  values: FlagValues<T>;
  operands: string[];
}

const BOOLEANS: Record<string, boolean> = { '': true, true: true, '1': true, false: false, '0': false };

/**
 * Reads a command line as Go programs with pflag do: `--name=value`, `--name value`, `--switch`, `--switch=false`.
 *
 * @throws UsageFailure in the words of cobra.
 */
export function parseGoFlags<T extends FlagDefaults>(args: readonly string[], defaults: T): GoFlags<T> {
  const values: Record<string, string | number | boolean> = { ...defaults };
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const match = /^--?([A-Za-z][\w-]*)(?:=([^]*))?$/.exec(arg);
    if (match === null) {
      if (arg === '--')
        return { values: values as FlagValues<T>, operands: [...operands, ...args.slice(at + 1)] };
      operands.push(arg);
      continue;
    }
    const [, name = '', inline] = match;
    const kind = typeof defaults[name];
    if (kind === 'undefined') throw new UsageFailure(`Error: unknown flag: --${name}`);
    if (kind === 'boolean') {
      const on = BOOLEANS[inline ?? ''];
      if (on === undefined) throw invalid(inline ?? '', name, 'strconv.ParseBool: parsing');
      values[name] = on;
      continue;
    }
    const value = inline ?? args[++at];
    if (value === undefined) throw new UsageFailure(`Error: flag needs an argument: --${name}`);
    if (kind === 'number' && !/^[-+]?\d+$/.test(value))
      throw invalid(value, name, 'strconv.ParseInt: parsing');
    values[name] = kind === 'number' ? Number(value) : value;
  }
  return { values: values as FlagValues<T>, operands };
}

function invalid(value: string, name: string, parser: string): UsageFailure {
  return new UsageFailure(
    `Error: invalid argument "${value}" for "--${name}" flag: ${parser} "${value}": invalid syntax`,
  );
}
