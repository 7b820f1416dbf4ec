/**
 * Splits a command line into words as a POSIX shell does with quotes and backslashes, and with nothing else: no
 * variables, no globs, no operators. So commands of a scenario are read the same way on every system.
 *
 * @throws Error when a quote is not closed.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  /** The word that is being read, if one has begun. */
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (quote === "'" && character !== "'") word = (word ?? '') + character;
    else if (character === quote) quote = undefined;
    else if (character === '\\' && (quote === undefined || '"\\$`'.includes(line.charAt(at + 1))))
      word = (word ?? '') + line.charAt(++at);
    else if (quote === '"') word = (word ?? '') + character;
    else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quote !== undefined) throw new Error(`unclosed ${quote} in: ${line}`);
  if (word !== undefined) words.push(word);
  return words;
}
