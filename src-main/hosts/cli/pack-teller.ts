import type { LocalizedText } from '#shared/locale.ts';
import { formatBytes } from '../../packs/bytes.ts';
import type { PackProgress } from '../../packs/progress.ts';
import type { CliContext } from './context.ts';

/** So long nothing new is said of the same work, in milliseconds. */
const QUIET_MS = 2000;

/** Prints what goes on with a pack: a line when something begins, then one every other second. */
export class PackTeller {
  readonly #context: Pick<CliContext, 'err' | 'locale'>;
  readonly #quiet: boolean;
  readonly #now: () => number;
  #work = '';
  #line = '';
  #saidAt = 0;

  constructor(context: Pick<CliContext, 'err' | 'locale'>, quiet: boolean, now: () => number = Date.now) {
    this.#context = context;
    this.#quiet = quiet;
    this.#now = now;
  }

  tell(progress: PackProgress): void {
    if (this.#quiet) return;
    const work = `${progress.action} ${progress.name}`;
    const now = this.#now();
    const isDone = progress.total > 0 && progress.done === progress.total;
    if (work === this.#work && !isDone && now - this.#saidAt < QUIET_MS) return;
    const line = textOf(progress)[this.#context.locale];
    if (line === this.#line) return;
    this.#work = work;
    this.#line = line;
    this.#saidAt = now;
    this.#context.err(line);
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
