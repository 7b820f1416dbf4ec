import type { X509Certificate } from 'node:crypto';
import type { CheckSpecOf } from '#shared/lab-checks.ts';
import type { DestinationSpec } from '#shared/lab-targets.ts';
import type { LocalizedText } from '#shared/locale.ts';
import {
  certificatesIn,
  certificateText,
  decoded,
  isSignedBy,
  isWithinTime,
  oneLine,
  sameCertificate,
  coversName,
} from '#main/doctor/certificates.ts';
import { aimAt, aimText, urlOf, type Aim, type Destination } from './destinations.ts';
import { diagnoseService } from '#main/doctor/diagnose.ts';
import { notCovered } from '#main/doctor/hops/certificate.ts';
import { assess, failed, passed, unable, unreachedFromHost, type FailDetails } from './judgements.ts';
import { valueAt } from './object-values.ts';
import { httpFailure, sendHttp, type HttpSeen } from '#main/probes/http.ts';
import { probeTls, type TlsSeen } from '#main/probes/tls.ts';
import { serviceEvidence } from '#main/doctor/service-state.ts';
import type { CheckContext, Checker } from './types.ts';
import { fromText, podNamed, vantageOf, type Vantage } from './vantage.ts';

type Spec = CheckSpecOf<'tls'>;

export interface TlsCheckSeen {
  aim: Aim;
  serverName: string;
  tls?: TlsSeen;
  certain: boolean;
  /** PEM of the Secret; undefined when it is not there. */
  secret: string | undefined;
  /** PEM of the authority; undefined when it is not there. */
  authority: string | undefined;
  /** The answer over plain HTTP. */
  plain?: HttpSeen;
  at: number;
}

/** Which certificate a server presents for a name, and whether it can be trusted. */
export const tlsChecker: Checker<'tls', TlsCheckSeen> = {
  async probe(check, context) {
    const from = await vantageOf(check.from, context);
    const aim = await aimAt(secured(check), from, context);
    const [destination] = aim.destinations;
    const { secret, verifiedBy } = check.expect;
    const absent = aim.state !== undefined && aim.state.service === undefined;
    const named = destination === undefined ? undefined : withServerName(destination, check.serverName);
    const seen = {
      aim,
      serverName: named?.host ?? check.serverName ?? '',
      certain: destination?.certain ?? true,
      secret: secret === undefined ? undefined : await readPem('Secret', secret, 'tls.crt', context),
      authority: await readAuthority(verifiedBy, context),
      at: context.clock.now(),
    };
    if (named === undefined || absent) return seen;
    const request = { url: urlOf(named), timeoutSeconds: check.timeout, ...viaOf(named) };
    const tls = await probeTls(context.kube, from.origin, request);
    const plain =
      check.expect.redirectFromHttp === undefined ? undefined : await askPlain(check, from, context);
    return { ...seen, tls, ...(plain === undefined ? {} : { plain }) };
  },

  judge(check, seen) {
    const { aim, tls, at } = seen;
    const expected = expectation(check, seen.serverName);
    const broken =
      aim.problem ?? (aim.state === undefined ? undefined : diagnoseService(aim.state, aim.port));
    if (tls === undefined) {
      const evidence = aim.state === undefined ? [] : [serviceEvidence(aim.state, at)];
      return broken === undefined
        ? unable({ en: 'No connection was tried.', ko: '연결을 시도하지 않았습니다.' }, evidence)
        : failed({ expected, ...broken, evidence });
    }
    const evidence = [tls.evidence, ...(seen.plain === undefined ? [] : [seen.plain.evidence])];
    if (tls.failure === 'timeout' && !seen.certain) return unreachedFromHost(aimText(check), evidence);
    const chain = certificatesIn(tls.chain.join('\n'));
    const [own] = chain;
    if (own === undefined) return failed({ expected, ...(broken ?? noTls(tls)), evidence });
    const parts = partsOf(check, seen, own, chain).map((part) =>
      part === undefined ? undefined : { expected, ...part, evidence },
    );
    return assess(check.partial, parts, passed(expected, certificateText(own), evidence));
  },
};

type Part = Omit<FailDetails, 'expected' | 'evidence'>;

function partsOf(
  { expect }: Spec,
  seen: TlsCheckSeen,
  own: X509Certificate,
  chain: readonly X509Certificate[],
): (Part | undefined)[] {
  const parts: (Part | undefined)[] = [];
  if (expect.secret !== undefined) parts.push(secretPart(expect.secret, seen.secret, own));
  const names = [...(expect.anyName === true ? [] : [seen.serverName]), ...expect.dnsNames];
  for (const name of names)
    parts.push(coversName(own, name) ? undefined : { ...notCovered(name, own), finding: 'name-not-covered' });
  if (expect.issuer !== undefined)
    parts.push(
      new RegExp(expect.issuer).test(oneLine(own.issuer))
        ? undefined
        : {
            actual: { en: `Issued by ${oneLine(own.issuer)}`, ko: `발급자: ${oneLine(own.issuer)}` },
            finding: 'wrong-issuer',
          },
    );
  if (expect.verifiedBy !== undefined) {
    const authorities = certificatesIn(seen.authority ?? '');
    parts.push(isSignedBy(own, chain, authorities) ? undefined : notVerified(own, authorities));
    parts.push(
      isWithinTime(own, seen.at)
        ? undefined
        : {
            actual: {
              en: `It is valid from ${own.validFrom} to ${own.validTo}`,
              ko: `유효 기간: ${own.validFrom} ~ ${own.validTo}`,
            },
            finding: 'expired',
          },
    );
  }
  if (expect.redirectFromHttp !== undefined) parts.push(redirectPart(expect.redirectFromHttp, seen.plain));
  return parts;
}

function secretPart(name: string, pem: string | undefined, own: X509Certificate): Part | undefined {
  const [wanted] = certificatesIn(pem ?? '');
  if (wanted === undefined)
    return {
      actual:
        pem === undefined
          ? { en: `There is no Secret ${name}`, ko: `시크릿 ${name}이(가) 없습니다` }
          : {
              en: `The Secret ${name} has no certificate in tls.crt`,
              ko: `시크릿 ${name}의 tls.crt에 인증서가 없습니다`,
            },
      why: {
        en: 'A Secret of type kubernetes.io/tls keeps a certificate in tls.crt and its key in tls.key, in the namespace of the Ingress.',
        ko: 'kubernetes.io/tls 유형의 시크릿은 인증서를 tls.crt에, 키를 tls.key에 담으며 인그레스와 같은 네임스페이스에 있어야 합니다.',
      },
      finding: 'secret-missing',
    };
  if (sameCertificate(wanted, own)) return undefined;
  const is = certificateText(own);
  return {
    actual: { en: `The certificate is another one: ${is.en}`, ko: `다른 인증서입니다: ${is.ko}` },
    why: {
      en: 'Which certificate is presented is chosen by the server name (SNI). Without a match, a controller presents one of its own.',
      ko: '어떤 인증서를 제시할지는 서버 이름(SNI)으로 정해집니다. 맞는 것이 없으면 컨트롤러가 자체 기본 인증서를 제시합니다.',
    },
    finding: 'wrong-certificate',
  };
}

function notVerified(own: X509Certificate, authorities: readonly X509Certificate[]): Part {
  return {
    actual:
      authorities.length === 0
        ? { en: 'There is no authority to verify it with', ko: '검증에 쓸 인증 기관(CA) 인증서가 없습니다' }
        : {
            en: `It was issued by ${oneLine(own.issuer)}, not by this authority`,
            ko: `이 인증 기관이 아니라 ${oneLine(own.issuer)}이(가) 발급했습니다`,
          },
    why: {
      en: 'A client trusts a certificate that an authority which it knows has signed. A name alone proves nothing.',
      ko: '클라이언트는 자신이 아는 인증 기관이 서명한 인증서만 신뢰합니다. 이름만으로는 아무것도 증명되지 않습니다.',
    },
    finding: 'not-verified',
  };
}

function redirectPart(statuses: readonly number[], plain: HttpSeen | undefined): Part | undefined {
  const location = plain?.headers['location'] ?? '';
  if (plain !== undefined && statuses.includes(plain.status) && location.startsWith('https://'))
    return undefined;
  const seen =
    plain === undefined || httpFailure(plain) !== 'none'
      ? (plain?.error ?? '')
      : `HTTP ${String(plain.status)} ${location}`.trim();
  return {
    actual: { en: `Plain HTTP is answered: ${seen}`, ko: `일반 HTTP 응답: ${seen}` },
    why: {
      en: 'Who types a name without https:// arrives over plain HTTP. The controller has to send them on.',
      ko: 'https:// 없이 주소를 입력하면 일반 HTTP로 접속합니다. 컨트롤러가 https로 보내 주어야 합니다.',
    },
    finding: 'no-redirect',
  };
}

function noTls({ failure, error }: TlsSeen): Part {
  return {
    actual: { en: `No TLS connection: ${error}`, ko: `TLS로 연결되지 않습니다: ${error}` },
    why: {
      en: 'The port has to be open and whoever listens there has to speak TLS.',
      ko: '포트가 열려 있어야 하고, 그 포트에서 기다리는 프로그램이 TLS를 사용해야 합니다.',
    },
    finding: failure === 'name' ? 'name-not-found' : 'no-tls',
  };
}

/** TLS is what is asked for, whatever the scheme says. */
function secured({ url, to }: Spec): { url?: string; to?: DestinationSpec } {
  if (to !== undefined) return { to: { ...to, scheme: 'https' } };
  return { url: (url ?? '').replace(/^http:/, 'https:') };
}

function withServerName(destination: Destination, serverName: string | undefined): Destination {
  if (serverName === undefined || serverName === destination.host) return destination;
  const { host, port } = destination;
  return { ...destination, host: serverName, via: destination.via ?? { host, port } };
}

function viaOf({ via }: Destination): { via?: { host: string; port: number } } {
  return via === undefined ? {} : { via };
}

async function askPlain(check: Spec, from: Vantage, context: CheckContext): Promise<HttpSeen | undefined> {
  const { to, url } = check;
  const plainTo: DestinationSpec | undefined =
    to === undefined
      ? undefined
      : 'ingress' in to
        ? { ...to, scheme: 'http' }
        : { ...to, scheme: 'http', port: 80 };
  const plainUrl = url === undefined ? undefined : `http://${new URL(url).hostname}/`;
  const aim = await aimAt({ to: plainTo, url: plainUrl }, from, context);
  const [destination] = aim.destinations;
  if (destination === undefined) return undefined;
  const request = { url: urlOf(destination), ...viaOf(destination), withHeaders: true };
  return sendHttp(context.kube, from.origin, { ...request, timeoutSeconds: check.timeout });
}

async function readPem(
  kind: 'Secret' | 'ConfigMap',
  text: string,
  key: string,
  { kube }: CheckContext,
): Promise<string | undefined> {
  const { namespace, pod: name } = podNamed(text);
  const object = await kube.get({ apiVersion: 'v1', kind, namespace, name });
  const value = object === undefined ? undefined : valueAt(object, `data["${key}"]`);
  if (object === undefined) return undefined;
  return kind === 'Secret' ? decoded(value) : typeof value === 'string' ? value : '';
}

function readAuthority(by: Spec['expect']['verifiedBy'], context: CheckContext): Promise<string | undefined> {
  if (by === undefined) return Promise.resolve(undefined);
  return 'secret' in by
    ? readPem('Secret', by.secret, by.key, context)
    : readPem('ConfigMap', by.configMap, by.key, context);
}

function expectation(check: Spec, serverName: string): LocalizedText {
  const aim = aimText(secured(check));
  const from = fromText(check.from);
  const { secret, issuer, verifiedBy, redirectFromHttp, dnsNames } = check.expect;
  const by =
    verifiedBy === undefined ? '' : 'secret' in verifiedBy ? verifiedBy.secret : verifiedBy.configMap;
  const parts: LocalizedText[] = [
    ...(secret === undefined ? [] : [{ en: `the one in Secret ${secret}`, ko: `시크릿 ${secret}의 인증서` }]),
    ...(dnsNames.length === 0
      ? []
      : [{ en: `for ${dnsNames.join(', ')}`, ko: `${dnsNames.join(', ')}에 유효` }]),
    ...(issuer === undefined ? [] : [{ en: `issued by ${issuer}`, ko: `발급자 ${issuer}` }]),
    ...(by === '' ? [] : [{ en: `verified by ${by}`, ko: `${by}(으)로 검증됨` }]),
    ...(redirectFromHttp === undefined
      ? []
      : [{ en: 'and plain HTTP leads to https', ko: '일반 HTTP는 https로 연결됨' }]),
  ];
  const name = serverName === '' ? '' : ` (${serverName})`;
  return {
    en: `The certificate of ${aim.en}${name}${from.en}: ${parts.map(({ en }) => en).join(', ') || 'valid for the name'}`,
    ko: `${aim.ko}의 인증서${name}${from.ko}: ${parts.map(({ ko }) => ko).join(', ') || '이름에 유효함'}`,
  };
}
