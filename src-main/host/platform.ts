import type { LocalizedText } from '#shared/locale.ts';

/** The operating system, as far as advice differs by it. WSL is Linux whose engine and settings are Windows'. */
export type OperatingSystem = 'linux' | 'wsl' | 'macos' | 'windows';

export function operatingSystemOf(platform: NodeJS.Platform, kernelRelease: string): OperatingSystem {
  if (platform === 'win32') return 'windows';
  if (platform === 'darwin') return 'macos';
  return /microsoft/i.test(kernelRelease) ? 'wsl' : 'linux';
}

/** What to do: in words, and as lines for the user's own terminal. */
export interface Advice {
  text: LocalizedText;
  commands?: string[];
}

/** Advice that differs by operating system; `other` where it does not. */
export type AdviceBySystem = Partial<Record<OperatingSystem, Advice>> & { other: Advice };

export function adviceFor(advice: AdviceBySystem, system: OperatingSystem): Advice {
  return advice[system] ?? advice.other;
}
