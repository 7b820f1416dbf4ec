import type { ITheme } from '@xterm/xterm';

type Ansi = Pick<
  ITheme,
  | 'black'
  | 'red'
  | 'green'
  | 'yellow'
  | 'blue'
  | 'magenta'
  | 'cyan'
  | 'white'
  | 'brightBlack'
  | 'brightRed'
  | 'brightGreen'
  | 'brightYellow'
  | 'brightBlue'
  | 'brightMagenta'
  | 'brightCyan'
  | 'brightWhite'
>;

/** Colours that programs ask for by number, in the tones of the rest of the page. */
const LIGHT: Ansi = {
  black: '#1b222d',
  red: '#b92525',
  green: '#17703c',
  yellow: '#855200',
  blue: '#1d4fd1',
  magenta: '#8a2f8f',
  cyan: '#0b6a78',
  white: '#5c6575',
  brightBlack: '#5c6575',
  brightRed: '#a31616',
  brightGreen: '#0f5f30',
  brightYellow: '#704400',
  brightBlue: '#163fa8',
  brightMagenta: '#74217a',
  brightCyan: '#075865',
  brightWhite: '#1b222d',
};
const DARK: Ansi = {
  black: '#394250',
  red: '#ff8a82',
  green: '#62d090',
  yellow: '#f1ba55',
  blue: '#7ea8ff',
  magenta: '#e19be6',
  cyan: '#6fd0dd',
  white: '#b9c0cc',
  brightBlack: '#98a2b3',
  brightRed: '#ffaea8',
  brightGreen: '#8fe0b0',
  brightYellow: '#f7d186',
  brightBlue: '#a5c2ff',
  brightMagenta: '#efc0f2',
  brightCyan: '#9be3ec',
  brightWhite: '#e8eaef',
};

/** The terminal's colours, from the design tokens as they stand now: call again when the theme changes. */
export function terminalTheme(dark: boolean): ITheme {
  const styles = getComputedStyle(document.documentElement);
  const token = (name: string): string => styles.getPropertyValue(name).trim();
  return {
    ...(dark ? DARK : LIGHT),
    background: token('--term-bg'),
    foreground: token('--ink'),
    cursor: token('--line'),
    cursorAccent: token('--term-bg'),
    selectionBackground: dark ? '#7ea8ff55' : '#1d4fd13d',
  };
}
