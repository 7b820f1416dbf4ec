import type { Clock } from '#emulator/clock.ts';
import { AppError } from '#shared/app-error.ts';
import type { Mend, PreflightItem, PreflightReport, ProviderId } from '#shared/cluster.ts';
import { verbatim, type LocalizedText } from '#shared/locale.ts';
import type { Advice } from '../host/platform.ts';
import { systemClock } from '../kube/time.ts';
import { wordsOf } from '../store/problems.ts';

/** What a check saw. */
export interface Finding {
  state: PreflightItem['state'];
  seen: LocalizedText;
  /** What to do about it, on this operating system. */
  fix?: Advice;
  /** What the app can do about it. */
  mends?: Mend[];
  /** False when something would have to be fetched before a cluster can be made, or nobody knows. */
  offlineReady?: boolean;
}

/** How long one check may look. What asks programs has a shorter deadline of its own, which says more. */
const LOOK_DEADLINE_MS = 5000;

/** One thing that is looked at before a cluster is made. */
export interface PreflightCheck {
  readonly id: string;
  readonly title: LocalizedText;
  /** Why it matters. */
  readonly why: LocalizedText;
  /** Changes nothing. Undefined when there is nothing to look at: another check says why, or it is not for here. */
  look(): Promise<Finding | undefined>;
  /** Does what {@link Finding.mends} offered. @throws AppError `mend-unknown` */
  mend?(mend: string): Promise<void>;
}

/** The checks of every run, or what makes them for each: those that share facts find them out anew each time. */
export type PreflightChecks = readonly PreflightCheck[] | (() => readonly PreflightCheck[]);

/** Everything that is looked at before a cluster of one provider is made. */
export class Preflight {
  readonly #provider: ProviderId;
  readonly #checks: () => readonly PreflightCheck[];
  readonly #clock: Clock;

  constructor(provider: ProviderId, checks: PreflightChecks, clock: Clock = systemClock) {
    this.#provider = provider;
    this.#checks = typeof checks === 'function' ? checks : () => checks;
    this.#clock = clock;
  }

  /** Looks at everything at once. Never rejects: a check that fails or hangs is a finding of its own. */
  async run(): Promise<PreflightReport> {
    const startedAt = this.#clock.now();
    const findings = await Promise.all(
      this.#checks().map(async (check) => ({ check, finding: await this.#look(check).catch(unseen) })),
    );
    const looked = findings.flatMap(({ check, finding }) =>
      finding === undefined ? [] : [{ check, finding }],
    );
    return {
      provider: this.#provider,
      usable: looked.every(({ finding }) => finding.state !== 'blocked'),
      offlineReady: looked.every(({ finding }) => finding.offlineReady !== false),
      items: looked.map(({ check, finding }) => itemOf(check, finding)),
      at: startedAt,
      durationMs: this.#clock.now() - startedAt,
    };
  }

  /** Does what a finding offers. @throws AppError `mend-unknown`, or why it could not be done */
  async mend(item: string, mend: string): Promise<void> {
    const check = this.#checks().find(({ id }) => id === item);
    if (check?.mend === undefined) throw unknownMendError(item, mend);
    await check.mend(mend);
  }

  async #look(check: PreflightCheck): Promise<Finding | undefined> {
    const looking = check.look();
    const looked = new AbortController();
    const late = this.#clock.sleep(LOOK_DEADLINE_MS, looked.signal).then(() => {
      throw lookDeadlineError();
    });
    try {
      return await Promise.race([looking, late]);
    } finally {
      looked.abort();
    }
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

function lookDeadlineError(): AppError {
  const seconds = LOOK_DEADLINE_MS / 1000;
  return new AppError({
    code: 'look-deadline',
    message: { en: `no answer within ${seconds} seconds`, ko: `${seconds}초 안에 응답이 없습니다` },
  });
}

function unseen(error: unknown): Finding {
  const words = error instanceof AppError ? error.problem.message : verbatim(wordsOf(error));
  return {
    state: 'unknown',
    offlineReady: false,
    seen: { en: `It could not be looked at: ${words.en}`, ko: `확인하지 못했습니다: ${words.ko}` },
    fix: {
      text: {
        en: 'Go on; if making a cluster fails, this may be why.',
        ko: '계속 진행하세요. 클러스터 생성에 실패한다면 이것이 원인일 수 있습니다.',
      },
    },
  };
}
