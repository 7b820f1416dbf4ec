/**
 * Characters that draw nothing or change how what stands beside them is drawn: controls, marks of direction,
 * separators of lines, and the invisible ones (https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** A line that a program printed, with everything in it that could deceive the eye written out: `\u{202e}`. */
export function plainLine(line: string): string {
  return line.replace(UNSEEN, (character) =>
    character === '\t' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
