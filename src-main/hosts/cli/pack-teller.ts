import type { LocalizedText } from '#shared/locale.ts';
import { formatBytes } from '../../packs/bytes.ts';
import type { PackProgress } from '../../packs/progress.ts';
import type { CliContext } from './context.ts';

/** In milliseconds: nothing new is said of the same work for so long, and something after so long at the latest. */
const QUIET_MS = 2000;
const SILENCE_MS = 15_000;
/** In between, a line stands for so much of the whole. */
const STEP = 0.05;

/** Prints what goes on with a pack: a line when something begins, then one now and then. */
export class PackTeller {
  readonly #context: Pick<CliContext, 'err' | 'locale'>;
  readonly #quiet: boolean;
  readonly #now: () => number;
  #said: { work: string; share: number; at: number; line: string } | undefined;

  constructor(context: Pick<CliContext, 'err' | 'locale'>, quiet: boolean, now: () => number = Date.now) {
    this.#context = context;
    this.#quiet = quiet;
    this.#now = now;
  }

  readonly tell = (progress: PackProgress): void => {
    const { action, name, done, total } = progress;
    const work = `${action} ${name}`;
    const share = total === 0 ? 0 : done / total;
    const at = this.#now();
    if (this.#quiet || !this.#isWorthALine(work, share, at)) return;
    const line = textOf(progress)[this.#context.locale];
    if (line !== this.#said?.line) this.#context.err(line);
    this.#said = { work, share, at, line };
  };

  #isWorthALine(work: string, share: number, at: number): boolean {
    const said = this.#said;
    if (work !== said?.work || (share === 1 && said.share !== 1)) return true;
    const silence = at - said.at;
    return silence >= SILENCE_MS || (silence >= QUIET_MS && share - said.share >= STEP);
  }
}

function textOf({ action, name, done, total }: PackProgress): LocalizedText {
  const share = total === 0 ? '' : ` (${Math.min(100, Math.floor((done / total) * 100))} %)`;
  const [part, all] = [formatBytes(done), formatBytes(total)];
  switch (action) {
    case 'pull':
      return total === 0
        ? { en: `Fetching ${name}`, ko: `${name} 받는 중` }
        : {
            en: `Fetching ${name}: ${done} of ${total} layers`,
            ko: `${name} 받는 중: 레이어 ${done}/${total}`,
          };
    case 'check':
      return {
        en: `Checking ${name}: ${part} of ${all}${share}`,
        ko: `${name} 확인 중: ${part}/${all}${share}`,
      };
    case 'pack':
      return {
        en: `Packing ${name}: ${part} of about ${all}${share}`,
        ko: `${name} 담는 중: ${part}/약 ${all}${share}`,
      };
    case 'load':
      return {
        en: `Loading ${name}: ${part} of ${all}${share}`,
        ko: `${name} 올리는 중: ${part}/${all}${share}`,
      };
    case 'have':
      return { en: `${name} is there already.`, ko: `${name}은(는) 이미 있습니다.` };
  }
}
