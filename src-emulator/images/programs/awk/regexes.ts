import { toRegExp } from '../text.ts';

/** The regular expressions of a program, each translated once. */
export class Regexes {
  readonly #known = new Map<string, RegExp>();

  /** A POSIX extended regular expression, made ready for the start of a text. @param flags as `RegExp` has them */
  of(source: string, flags = ''): RegExp {
    const key = `${flags}/${source}`;
    let regex = this.#known.get(key);
    if (regex === undefined) this.#known.set(key, (regex = toRegExp(source, true, flags)));
    regex.lastIndex = 0;
    return regex;
  }

  /** Splits as FS says: at blanks for a single space, between characters for nothing, else at what it matches. */
  split(text: string, separator: string): string[] {
    if (text === '') return [];
    if (separator === ' ') return text.trim().split(/[ \t\n]+/).filter((each) => each !== ''); // prettier-ignore
    if (separator === '') return Array.from(text);
    return text.split(separator.length === 1 && separator !== '\\' ? separator : this.of(separator));
  }
}
