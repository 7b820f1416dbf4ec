import type { DoctorHop, DoctorReport, WalkedHop } from '#shared/doctor.ts';
import { judgeAddress } from './hops/address.ts';
import { judgeCertificate } from './hops/certificate.ts';
import { judgeClient } from './hops/client.ts';
import { judgeEndpoints } from './hops/endpoints.ts';
import { judgeExists } from './hops/exists.ts';
import { judgeIngress } from './hops/ingress.ts';
import { judgeListens } from './hops/listens.ts';
import { judgeName } from './hops/name.ts';
import { judgeNode } from './hops/node.ts';
import { judgePolicy } from './hops/policy.ts';
import { judgePort } from './hops/port.ts';
import { judgeReadiness } from './hops/readiness.ts';
import { judgeSelector } from './hops/selector.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { DoctorSeen, HopJudgement } from './types.ts';

/** In the order of https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/ */
const JUDGES: readonly [DoctorHop, (seen: DoctorSeen) => HopJudgement][] = [
  ['client', judgeClient],
  ['exists', judgeExists],
  ['name', judgeName],
  ['address', judgeAddress],
  ['port', judgePort],
  ['selector', judgeSelector],
  ['endpoints', judgeEndpoints],
  ['readiness', judgeReadiness],
  ['listens', judgeListens],
  ['policy', judgePolicy],
  ['node', judgeNode],
  ['ingress', judgeIngress],
  ['certificate', judgeCertificate],
];

/** Hops that an alias does not have. */
const BEHIND_ADDRESS: ReadonlySet<DoctorHop> = new Set([
  'port',
  'selector',
  'endpoints',
  'readiness',
  'listens',
  'node',
]);

type Walked = Pick<DoctorReport, 'hops' | 'outcome' | 'diagnosis'>;

/**
 * Judges one hop after the other until one is broken. Where something did not work and no hop explains it, the first
 * that did not work is the broken one. Pure: everything has been looked at before.
 */
export function walk(seen: DoctorSeen): Walked {
  const hops: WalkedHop[] = [];
  let symptom: { index: number; otherwise: Diagnosis } | undefined;
  for (const [index, [hop, judge]] of JUDGES.entries()) {
    const judged = judgementOf(seen, hop, judge);
    if (judged.state === 'broken') {
      const { actual } = judged.diagnosis;
      hops.push({ hop, state: 'broken', seen: actual, evidence: judged.evidence });
      return broken([...hops, ...notReached(index + 1)], hop, judged.diagnosis);
    }
    if (judged.state === 'symptom') symptom ??= { index, otherwise: judged.otherwise };
    hops.push({ hop, state: judged.state, seen: judged.seen, evidence: judged.evidence ?? [] });
  }
  const at = symptom === undefined ? undefined : hops[symptom.index];
  if (symptom === undefined || at === undefined)
    return { hops, outcome: isTried(hops) ? 'healthy' : 'unknown' };
  const stopped = { ...at, state: 'broken' as const, seen: symptom.otherwise.actual };
  return broken(hops.with(symptom.index, stopped), at.hop, symptom.otherwise);
}

function judgementOf(
  seen: DoctorSeen,
  hop: DoctorHop,
  judge: (seen: DoctorSeen) => HopJudgement,
): HopJudgement {
  if (seen.state.service?.spec.type === 'ExternalName' && BEHIND_ADDRESS.has(hop))
    return {
      state: 'absent',
      seen: { en: 'An alias has nothing of this kind.', ko: '별칭에는 해당하지 않습니다.' },
    };
  return judge(seen);
}

/** Whether somebody has really gone the way: without that, nothing wrong is not yet that it works. */
function isTried(hops: readonly WalkedHop[]): boolean {
  return !hops.some(({ hop, state }) => state === 'unknown' && hop !== 'certificate');
}

function notReached(from: number): WalkedHop[] {
  return JUDGES.slice(from).map(([hop]) => ({
    hop,
    state: 'not-reached',
    seen: { en: 'Not reached.', ko: '도달하지 못했습니다.' },
    evidence: [],
  }));
}

function broken(hops: WalkedHop[], hop: DoctorHop, { brokenHop, ...diagnosis }: Diagnosis): Walked {
  return { hops, outcome: 'fault', diagnosis: { hop, stop: brokenHop, ...diagnosis } };
}
