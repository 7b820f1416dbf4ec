import { describe, expect, it } from 'vitest';
import { plainLine } from './plain-line.ts';

describe('a line of a log', () => {
  it('stays as it is when everything in it can be seen', () => {
    const line = ' ✗ Preparing nodes 📦\t"이미지" <b>&amp;</b>';
    expect(plainLine(line)).toBe(line);
  });

  it('cannot turn what follows around, nor hide or overwrite anything', () => {
    expect(plainLine('exit \u202egnp.exe')).toBe('exit \\u{202e}gnp.exe');
    expect(plainLine('\u001b[2Jgone\u0000\r\u200b\u2028')).toBe(
      '\\u{1b}[2Jgone\\u{0}\\u{d}\\u{200b}\\u{2028}',
    );
    expect(plainLine('\u{e0041}tag')).toBe('\\u{e0041}tag');
  });
});
