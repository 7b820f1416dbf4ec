import type { ITheme } from '@xterm/xterm';

/** Sixteen colours that hold their contrast on each ground. */
export function terminalTheme(dark: boolean): ITheme {
  return dark
    ? {
        background: '#0c1015', foreground: '#e2e5eb', cursor: '#7ea8ff', cursorAccent: '#0c1015', selectionBackground: '#2b4a86',
        black: '#3a4352', red: '#ff8a82', green: '#62d090', yellow: '#f1ba55', blue: '#7ea8ff', magenta: '#d79bf0', cyan: '#66cfd6', white: '#c9ced8',
        brightBlack: '#8b95a6', brightRed: '#ffb0aa', brightGreen: '#95e4b5', brightYellow: '#f8d490', brightBlue: '#a5c2ff', brightMagenta: '#e6bff6', brightCyan: '#9ae3e8', brightWhite: '#ffffff',
      }
    : {
        background: '#fbfaf7', foreground: '#1b222d', cursor: '#1d4fd1', cursorAccent: '#fbfaf7', selectionBackground: '#bccdf6',
        black: '#1b222d', red: '#b92525', green: '#17703c', yellow: '#855200', blue: '#1d4fd1', magenta: '#8a2c9c', cyan: '#0c6b74', white: '#5c6575',
        brightBlack: '#5c6575', brightRed: '#a11818', brightGreen: '#115a2f', brightYellow: '#6b4200', brightBlue: '#163fa8', brightMagenta: '#6f1f7f', brightCyan: '#08555c', brightWhite: '#1b222d',
      };
}
