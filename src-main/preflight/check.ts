import { AppError } from '#shared/app-error.ts';
import type { Mend, PreflightItem, PreflightReport, ProviderId } from '#shared/cluster.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Advice } from '../host/platform.ts';
import { wordsOf } from '../store/problems.ts';

/** What a check saw. */
export interface Finding {
  state: PreflightItem['state'];
  seen: LocalizedText;
  /** What to do about it, on this operating system. */
  fix?: Advice;
  /** What the app can do about it. */
  mends?: Mend[];
  /** False when something would have to be fetched before a cluster can be made. */
  offlineReady?: boolean;
}

/** One thing that is looked at before a cluster is made. */
export interface PreflightCheck {
  readonly id: string;
  readonly title: LocalizedText;
  /** Why it matters. */
  readonly why: LocalizedText;
  /** Changes nothing. */
  look(): Promise<Finding>;
  /** Does what {@link Finding.mends} offered. @throws AppError `mend-unknown` */
  mend?(mend: string): Promise<void>;
}

/** Everything that is looked at before a cluster of one provider is made. */
export class Preflight {
  readonly #provider: ProviderId;
  readonly #checks: readonly PreflightCheck[];
  readonly #now: () => number;

  constructor(provider: ProviderId, checks: readonly PreflightCheck[], now: () => number = Date.now) {
    this.#provider = provider;
    this.#checks = checks;
    this.#now = now;
  }

  /** Looks at everything at once. Never rejects: a check that fails is a finding of its own. */
  async run(): Promise<PreflightReport> {
    const startedAt = this.#now();
    const looked = await Promise.all(
      this.#checks.map(async (check) => ({ check, finding: await check.look().catch(unseen) })),
    );
    return {
      provider: this.#provider,
      usable: looked.every(({ finding }) => finding.state !== 'blocked'),
      offlineReady: looked.every(({ finding }) => finding.offlineReady !== false),
      items: looked.map(({ check, finding }) => itemOf(check, finding)),
      at: startedAt,
      durationMs: this.#now() - startedAt,
    };
  }

  /** Does what a finding offers. @throws AppError `mend-unknown`, or why it could not be done */
  async mend(item: string, mend: string): Promise<void> {
    const check = this.#checks.find(({ id }) => id === item);
    if (check?.mend === undefined) throw unknownMendError(item, mend);
    await check.mend(mend);
  }
}

/** A finding of the preflight does not offer this. */
export function unknownMendError(item: string, mend: string): AppError {
  return new AppError({
    code: 'mend-unknown',
    message: {
      en: `The finding "${item}" offers no "${mend}".`,
      ko: `"${item}" 항목에는 "${mend}" 조치가 없습니다.`,
    },
    fix: { en: 'Look again: it may be mended already.', ko: '다시 확인하세요. 이미 해결되었을 수 있습니다.' },
  });
}

function itemOf({ id, title, why }: PreflightCheck, { state, seen, fix, mends }: Finding): PreflightItem {
  return {
    id,
    title,
    state,
    seen,
    why,
    ...(fix !== undefined && { fix: fix.text }),
    commands: fix?.commands ?? [],
    mends: mends ?? [],
  };
}

function unseen(error: unknown): Finding {
  const words = wordsOf(error);
  return {
    state: 'unknown',
    seen: { en: `It could not be looked at: ${words}`, ko: `확인하지 못했습니다: ${words}` },
    fix: {
      text: {
        en: 'Go on; if making a cluster fails, this may be why.',
        ko: '계속 진행하세요. 클러스터 생성에 실패한다면 이것이 원인일 수 있습니다.',
      },
    },
  };
}
