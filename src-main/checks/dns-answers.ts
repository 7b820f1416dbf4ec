import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { LocalizedText } from '#shared/locale.ts';
import { labelsText } from '#main/kube/objects.ts';
import { isWithin, rangeText } from './fields.ts';
import type { FailDetails } from './judgements.ts';
import { show, valueText } from './object-values.ts';
import type { DnsSeen } from '#main/probes/dns.ts';
import type { ServiceState } from '#main/doctor/service-state.ts';

type Spec = CheckSpecOf<'dns'>;
type Miss = Omit<FailDetails, 'expected' | 'evidence'>;

/**
 * What is wrong with a DNS answer; undefined when it is as expected.
 * @param wanted the addresses that it should have, sorted
 */
export function missOf(
  check: Spec,
  lookup: DnsSeen,
  wanted: readonly string[],
  state: ServiceState | undefined,
): Miss | undefined {
  const { expect, type } = check;
  const found = lookup.records.filter((record) => record.type === type).map(({ data }) => data);
  if ('absent' in expect) return found.length === 0 ? undefined : nameExists(found);
  if ('service' in expect) return serviceMiss(check, lookup, state);
  if ('pods' in expect) return podsMiss(lookup, wanted);
  if (lookup.records.length === 0) return notFound(check, lookup);
  if ('cname' in expect) {
    const aliases = lookup.records
      .filter((record) => record.type === 'CNAME')
      .map(({ data }) => withoutDot(data));
    if (aliases.includes(withoutDot(expect.cname))) return undefined;
    return aliases.length > 0
      ? { ...resolvesTo(aliases), finding: 'wrong-alias' }
      : {
          actual: {
            en: `It is no alias: ${lookup.addresses.join(', ')}`,
            ko: `별칭이 아닙니다: ${lookup.addresses.join(', ')}`,
          },
          why: {
            en: 'A Service of type ExternalName is an alias (CNAME). Others have addresses of their own.',
            ko: 'ExternalName 유형의 서비스는 별칭(CNAME)입니다. 다른 유형의 서비스에는 자체 주소가 있습니다.',
          },
          finding: 'no-alias',
          brokenHop: 'dns',
        };
  }
  if ('ptr' in expect) {
    const names = found.map(withoutDot);
    return names.some((name) => new RegExp(expect.ptr).test(name))
      ? undefined
      : { ...resolvesTo(names), finding: 'wrong-name' };
  }
  if ('srv' in expect) {
    // priority weight port target: https://www.rfc-editor.org/rfc/rfc2782
    const ports = found.map((data) => Number(data.split(' ')[2]));
    const { port, targets } = expect.srv;
    if (ports.length > 0 && ports.every((each) => each === port) && isWithin(ports.length, targets ?? {}))
      return undefined;
    return {
      ...resolvesTo(found),
      finding: ports.every((each) => each === port) ? 'wrong-count' : 'wrong-port',
    };
  }
  return sameList(found, wanted) ? undefined : { ...resolvesTo(found), finding: 'wrong-address' };
}

function serviceMiss(check: Spec, lookup: DnsSeen, state: ServiceState | undefined): Miss | undefined {
  const found = lookup.addresses.join(', ');
  const service = state?.service;
  if (service?.spec.clusterIP === 'None')
    return {
      actual: {
        en: `The Service is headless (clusterIP: None); the name gives ${found === '' ? 'no address' : `pod addresses: ${found}`}`,
        ko: `헤드리스 서비스(clusterIP: None)라서 이름이 ${found === '' ? '주소로 해석되지 않습니다' : `파드 주소로 해석됩니다: ${found}`}`,
      },
      why: {
        en: 'A headless Service has no address of its own, so clients hold pod addresses that change. Leave clusterIP out.',
        ko: '헤드리스 서비스에는 자체 주소가 없어 클라이언트가 바뀌는 파드 주소를 갖게 됩니다. clusterIP를 적지 마세요.',
      },
      finding: 'headless',
      brokenHop: 'service',
    };
  if (lookup.addresses.length === 0) return notFound(check, lookup);
  if (lookup.addresses.length === 1 && lookup.addresses[0] === service?.spec.clusterIP) return undefined;
  return { ...resolvesTo(lookup.addresses), finding: 'wrong-address' };
}

function podsMiss(lookup: DnsSeen, wanted: readonly string[]): Miss | undefined {
  const { addresses } = lookup;
  if (sameList(addresses, wanted) && wanted.length > 0) return undefined;
  const absent = wanted.filter((ip) => !addresses.includes(ip));
  const foreign = addresses.filter((ip) => !wanted.includes(ip));
  const why = {
    en: 'The name of a headless Service (clusterIP: None) gives the addresses of its ready pods. With a cluster IP it gives that one address.',
    ko: '헤드리스 서비스(clusterIP: None)의 이름은 준비된 파드들의 주소로 해석됩니다. 클러스터 IP가 있으면 그 주소 하나만 나옵니다.',
  };
  if (foreign.length > 0)
    return {
      actual: {
        en: `It also resolves to ${foreign.join(', ')}, which is none of these pods`,
        ko: `이 파드들의 주소가 아닌 ${foreign.join(', ')}(으)로도 해석됩니다`,
      },
      why,
      finding: 'pods-foreign',
      brokenHop: 'dns',
    };
  return {
    actual:
      absent.length === 0
        ? { en: 'There is no such pod yet', ko: '아직 그런 파드가 없습니다' }
        : {
            en: `These pods are missing in the answer: ${absent.join(', ')}`,
            ko: `응답에 없는 파드 주소: ${absent.join(', ')}`,
          },
    why,
    finding: absent.length === 0 ? 'pods-not-ready' : 'pods-absent',
    brokenHop: 'dns',
  };
}

function notFound({ name }: Spec, { status }: DnsSeen): Miss {
  const asked = typeof name === 'string' ? name : valueText(name).en;
  return {
    actual: { en: `${asked}: ${status}`, ko: `${asked}: ${status}` },
    why: {
      en: 'The short name works only inside the Service’s own namespace; from elsewhere the namespace belongs in the name.',
      ko: '짧은 이름은 서비스가 속한 네임스페이스 안에서만 통합니다. 다른 곳에서는 이름에 네임스페이스를 붙여야 합니다.',
    },
    finding: 'name-not-found',
    brokenHop: 'dns',
  };
}

function nameExists(found: readonly string[]): Miss {
  return { ...resolvesTo(found), finding: 'name-exists' };
}

function resolvesTo(found: readonly string[]): Pick<Miss, 'actual' | 'brokenHop'> {
  const list = found.join(', ') || '(nothing of this type)';
  return { actual: { en: `It resolves to ${list}`, ko: `${list}(으)로 해석됩니다` }, brokenHop: 'dns' };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join(' ') === [...b].sort().join(' ');
}

function withoutDot(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

/** @param asked what was asked for, where the spec names a value of the cluster */
export function dnsExpectation({ name, type, expect }: Spec, asked: string | undefined): LocalizedText {
  const what = typeof name === 'string' ? name : (asked ?? valueText(name).en);
  const subject = type === 'A' ? what : `${what} (${type})`;
  const to = (text: LocalizedText): LocalizedText => ({
    en: `${subject} resolves to ${text.en}`,
    ko: `${subject}이(가) ${text.ko}(으)로 해석됨`,
  });
  if ('absent' in expect) return { en: `${subject} does not resolve`, ko: `${subject}은(는) 해석되지 않음` };
  if ('service' in expect) {
    const { namespace, name: service } = expect.service;
    return to({
      en: `the cluster IP of Service ${service} in ${namespace}`,
      ko: `${namespace} 네임스페이스에 있는 서비스 ${service}의 클러스터 IP`,
    });
  }
  if ('pods' in expect) {
    const text = labelsText(expect.pods.labels);
    return to(
      expect.ready
        ? { en: `exactly the ready pods with ${text}`, ko: `${text} 레이블을 가진 준비된 파드들의 주소` }
        : { en: `exactly the pods with ${text}`, ko: `${text} 레이블을 가진 모든 파드의 주소` },
    );
  }
  if ('cname' in expect)
    return {
      en: `${subject} is an alias for ${expect.cname}`,
      ko: `${subject}은(는) ${expect.cname}의 별칭`,
    };
  if ('ptr' in expect) return to({ en: `a name like ${expect.ptr}`, ko: `${expect.ptr} 패턴의 이름` });
  if ('srv' in expect) {
    const { port, targets } = expect.srv;
    const count = targets === undefined ? { en: '', ko: '' } : rangeText(targets);
    return to({
      en: `${count.en === '' ? '' : `${count.en} `}target(s) with port ${String(port)}`,
      ko: `포트가 ${String(port)}인 대상${count.ko === '' ? '' : ` ${count.ko}개`}`,
    });
  }
  const list = expect.addresses
    .map((each) => (typeof each === 'string' ? each : valueText(each).en))
    .join(', ');
  return to({ en: show(list), ko: show(list) });
}
