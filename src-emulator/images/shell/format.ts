/** `echo`'s output. busybox and bash know -n, -e and -E; dash knows -n only and always expands escapes. */
export function formatEcho(args: readonly string[], dash = false): string {
  let newline = true;
  let escapes = dash;
  let at = 0;
  for (; (dash ? /^-n$/ : /^-[neE]+$/).test(args[at] ?? ''); at++) {
    for (const letter of args[at]?.slice(1) ?? '') {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  let text = args.slice(at).join(' ');
  if (escapes) {
    const end = text.indexOf('\\c');
    if (end !== -1) {
      newline = false;
      text = text.slice(0, end);
    }
    text = unescape(text);
  }
  return newline ? `${text}\n` : text;
}

const SIMPLE_ESCAPES: Record<string, string> = {
  n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', '\\': '\\', '"': '"', "'": "'",
}; // prettier-ignore

/** The backslash escapes of printf(1). */
export function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|0[0-7]{0,3}|[1-7][0-7]{0,2}|.)/g, (whole, escape: string) => {
    if (escape.startsWith('x') && escape.length > 1)
      return String.fromCharCode(parseInt(escape.slice(1), 16));
    if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8));
    return SIMPLE_ESCAPES[escape] ?? whole;
  });
}

/**
 * printf(1): the format is used again until the arguments are used up.
 * @param shell false for printf of awk: one pass, and no escapes besides those of awk's own strings.
 */
export function formatPrintf(format: string, args: readonly string[], shell = true): string {
  const rest = [...args];
  let output = '';
  do {
    const before = rest.length;
    output += format.replace(
      /%(%|([-+ 0#]*)(\*|\d+)?(?:\.(\d+))?([diouxXcsbqeEfgG]))|\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)/g,
      (
        whole: string,
        spec: string | undefined,
        flags: string,
        width: string | undefined,
        precision: string | undefined,
        type: string,
      ) => {
        if (spec === undefined) return shell ? unescape(whole) : whole;
        if (spec === '%') return '%';
        const size = width === '*' ? Number(rest.shift() ?? 0) : Number(width ?? 0);
        const text = formatOne(
          type,
          rest.shift() ?? '',
          flags,
          precision === undefined ? undefined : Number(precision),
        );
        if (flags.includes('-')) return text.padEnd(size);
        if (flags.includes('0') && !'scbq'.includes(type)) return zeroPad(text, size);
        return text.padStart(size);
      },
    );
    if (rest.length === before || !shell) break;
  } while (rest.length > 0);
  return output;
}

function zeroPad(text: string, size: number): string {
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(size - sign.length, '0');
}

function formatOne(type: string, value: string, flags: string, precision: number | undefined): string {
  const number = /^['"]/.test(value) ? (value.codePointAt(1) ?? 0) : Number(value === '' ? 0 : value);
  const integer = Number.isFinite(number) ? Math.trunc(number) : parseInt(value, 10) || 0;
  const plus = flags.includes('+') && integer >= 0 ? '+' : '';
  switch (type) {
    case 'd':
    case 'i':
      return plus + String(integer);
    case 'u':
      return String(integer >>> 0);
    case 'o':
      return integer.toString(8);
    case 'x':
      return (flags.includes('#') ? '0x' : '') + integer.toString(16);
    case 'X':
      return (flags.includes('#') ? '0X' : '') + integer.toString(16).toUpperCase();
    case 'c':
      return value.slice(0, 1);
    case 'b':
      return unescape(value);
    case 'q':
      return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
    case 'e':
    case 'E':
      return number.toExponential(precision ?? 6);
    case 'f':
      return number.toFixed(precision ?? 6);
    case 'g':
    case 'G':
      return formatGeneral(number, precision ?? 6);
    default:
      return precision === undefined ? value : value.slice(0, precision);
  }
}

/** `%.<precision>g` of C. */
export function formatGeneral(value: number, precision: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential(Math.max(0, precision - 1)).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= precision) {
    const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const fixed = value.toFixed(Math.max(0, precision - 1 - power));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}
