import type { LabCheckSpec } from '#shared/lab-checks.ts';
import { NOT_RUN, type Verdict } from '#shared/verdict.ts';
import { AppError } from '#shared/app-error.ts';
import { answerChecker } from './answer.ts';
import { commandChecker } from './command.ts';
import { distributionChecker } from './distribution.ts';
import { dnsChecker } from './dns.ts';
import { endpointsChecker } from './endpoints.ts';
import { envChecker } from './env.ts';
import { httpChecker } from './http.ts';
import { unable } from './judgements.ts';
import { resourceChecker } from './resource.ts';
import { settledState } from './settled.ts';
import { sourceIpChecker } from './source-ip.ts';
import { tcpChecker } from './tcp.ts';
import { tlsChecker } from './tls.ts';
import type { CheckContext, Judgement } from './types.ts';
import { transitionChecker } from './transition.ts';
import { unchangedChecker } from './unchanged.ts';

export interface RunOptions {
  /** Keep trying until the check's deadline (it was asked for); otherwise look once (it is watched). */
  wait: boolean;
  signal?: AbortSignal;
}

const RETRY_MS = 300;
/** A failure that stays the same for so long in a cluster where nothing moves will not turn by itself. */
const SETTLED_MS = 1000;

/**
 * Runs one check to its verdict. When `wait`, a failure is tried again until the deadline, or until it is the
 * same for a second in a cluster where nothing moves; a pass has to last for the check's `stableFor`. That the grader could not look is an `error`, never a `fail`.
 */
export async function runCheck(
  check: LabCheckSpec,
  context: CheckContext,
  options: RunOptions,
): Promise<Verdict> {
  if (check.kind === 'answer' && context.answer === undefined) return NOT_RUN;
  const { clock } = context;
  const started = clock.now();
  const deadline = started + (options.wait ? check.deadline * 1000 : 0);
  let judgement = await look(check, context);
  let still: { state: string; since: number } | undefined;
  while (judgement.outcome !== 'pass' && clock.now() < deadline && check.kind !== 'answer') {
    const settled = await settledState(judgement, context);
    const state = settled === undefined ? undefined : `${judgement.finding ?? ''} ${settled}`;
    if (state === undefined) still = undefined;
    else if (still?.state !== state) still = { state, since: clock.now() };
    else if (clock.now() - still.since >= SETTLED_MS) break;
    await clock.sleep(RETRY_MS, options.signal);
    judgement = await look(check, context);
  }
  const stableUntil = clock.now() + (check.stableFor ?? 0) * 1000;
  while (judgement.outcome === 'pass' && clock.now() < stableUntil) {
    await clock.sleep(RETRY_MS, options.signal);
    judgement = await look(check, context);
  }
  return { ...judgement, checkedAt: clock.now(), durationMs: clock.now() - started };
}

async function look(check: LabCheckSpec, context: CheckContext): Promise<Judgement> {
  try {
    return await probeAndJudge(check, context);
  } catch (error) {
    if (error instanceof AppError) return unable(error.problem.message);
    throw error;
  }
}

async function probeAndJudge(check: LabCheckSpec, context: CheckContext): Promise<Judgement> {
  switch (check.kind) {
    case 'resource':
      return resourceChecker.judge(check, await resourceChecker.probe(check, context));
    case 'endpoints':
      return endpointsChecker.judge(check, await endpointsChecker.probe(check, context));
    case 'http':
      return httpChecker.judge(check, await httpChecker.probe(check, context));
    case 'dns':
      return dnsChecker.judge(check, await dnsChecker.probe(check, context));
    case 'tcp':
      return tcpChecker.judge(check, await tcpChecker.probe(check, context));
    case 'tls':
      return tlsChecker.judge(check, await tlsChecker.probe(check, context));
    case 'distribution':
      return distributionChecker.judge(check, await distributionChecker.probe(check, context));
    case 'source-ip':
      return sourceIpChecker.judge(check, await sourceIpChecker.probe(check, context));
    case 'env':
      return envChecker.judge(check, await envChecker.probe(check, context));
    case 'command':
      return commandChecker.judge(check, await commandChecker.probe(check, context));
    case 'transition':
      return transitionChecker.judge(check, await transitionChecker.probe(check, context));
    case 'unchanged':
      return unchangedChecker.judge(check, await unchangedChecker.probe(check, context));
    case 'answer':
      return answerChecker.judge(check, await answerChecker.probe(check, context));
  }
}
