import type { CheckSpecOf } from '#shared/lab-checks.ts';
import { POD, selects, type Pod } from '#main/kube/objects.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import { dnsExpectation, missOf } from './dns-answers.ts';
import { failed, passed, unable } from './judgements.ts';
import { readValue } from './object-values.ts';
import { probeDns, type DnsSeen } from '#main/probes/dns.ts';
import { requireClient } from '#main/probes/pod.ts';
import {
  readServiceState,
  readyPodsByIp,
  serviceEvidence,
  type ServiceState,
} from '#main/doctor/service-state.ts';
import type { CheckContext, Checker } from './types.ts';
import { pointOf } from './vantage.ts';

export interface DnsCheckSeen {
  /** What was asked for; undefined when the cluster has no such value. */
  name: string | undefined;
  /** Absent when nothing was asked: the Service that the name should mean is not there. */
  lookup?: DnsSeen;
  at: number;
  state: ServiceState | undefined;
  /** Whether the cluster's DNS answers at all: asked only when the name did not resolve. */
  serverAnswers: boolean;
  /** The addresses that the answer is compared with. */
  wanted: string[];
}

// Every cluster has this name: it tells "no such name" from "no DNS".
const ALWAYS_THERE = 'kubernetes.default.svc.cluster.local.';

/** A name resolves, from a pod, to what it should mean; or does not resolve. */
export const dnsChecker: Checker<'dns', DnsCheckSeen> = {
  async probe(check, context) {
    const { kube, clock } = context;
    const { expect } = check;
    const from = await pointOf(check.from, context);
    await requireClient(kube, from);
    const meant = 'service' in expect ? expect.service : undefined;
    const state =
      meant === undefined
        ? undefined
        : await readServiceState(kube, meant.namespace, meant.name, context.lookIn);
    const name = typeof check.name === 'string' ? check.name : textOf(await readValue(kube, check.name));
    const wanted = await addressesMeant(check, context);
    const seen = { name, state, wanted, at: clock.now(), serverAnswers: true };
    // Without the Service there can be no such name: asking for it would only wait for servers outside.
    if (name === undefined || (state !== undefined && state.service === undefined)) return seen;
    const lookup = await probeDns(kube, from, name, check.type);
    const serverAnswers =
      lookup.records.length > 0 ||
      lookup.status === 'NXDOMAIN' ||
      (await probeDns(kube, from, ALWAYS_THERE)).addresses.length > 0;
    return { ...seen, lookup, serverAnswers };
  },

  judge(check, seen) {
    const { lookup, state, serverAnswers, at } = seen;
    const expected = dnsExpectation(check, seen.name);
    if (lookup === undefined) {
      const cause = state === undefined ? undefined : diagnoseService(state);
      if (cause !== undefined && state !== undefined)
        return failed({ expected, ...cause, evidence: [serviceEvidence(state, at)] });
      if (seen.name === undefined)
        return failed({
          expected,
          actual: { en: 'There is nothing yet to ask for', ko: '아직 조회할 대상이 없습니다' },
          evidence: [],
          finding: 'nothing-to-ask',
        });
      return unable({ en: 'The name was not looked up.', ko: '이름을 조회하지 않았습니다.' });
    }
    const evidence = [lookup.evidence];
    if (!serverAnswers)
      return unable(
        { en: 'The cluster’s DNS server did not answer.', ko: '클러스터 DNS 서버가 응답하지 않습니다.' },
        evidence,
        'dns',
      );
    const miss = missOf(check, lookup, seen.wanted, state);
    if (miss !== undefined) return failed({ expected, ...miss, evidence });
    const found = lookup.records.map(({ data }) => data).join(', ') || lookup.status;
    return passed(expected, { en: found, ko: found }, evidence);
  },
};

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

async function addressesMeant({ expect }: CheckSpecOf<'dns'>, { kube }: CheckContext): Promise<string[]> {
  if ('pods' in expect) {
    const pods = (await kube.list<Pod>(POD, { namespace: expect.pods.namespace })).filter(
      (pod) =>
        selects(expect.pods.labels, pod.metadata.labels) && pod.metadata.deletionTimestamp === undefined,
    );
    if (expect.ready) return [...readyPodsByIp(pods).keys()].sort();
    return pods.flatMap(({ status }) => status?.podIP ?? []).sort();
  }
  if (!('addresses' in expect)) return [];
  const values = await Promise.all(
    expect.addresses.map(async (each) =>
      typeof each === 'string' ? each : textOf(await readValue(kube, each)),
    ),
  );
  return values.flatMap((value) => value ?? []).sort();
}
