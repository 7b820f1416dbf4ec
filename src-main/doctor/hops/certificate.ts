import type { X509Certificate } from 'node:crypto';
import type { LocalizedText } from '#shared/locale.ts';
import { certificatesIn, coversName, isWithinTime } from '../certificates.ts';
import type { Diagnosis } from '../diagnosis.ts';
import type { DiagnosisFinding } from '../findings.ts';
import type { Ingress } from '#main/kube/ingress-objects.ts';
import { routesOf } from '../ingress.ts';
import type { DoctorSeen, HopJudgement } from '../types.ts';

/** The Ingresses' TLS Secrets are there, and their certificates are for the hosts. */
export function judgeCertificate({ ingresses, state, secrets, at }: DoctorSeen): HopJudgement {
  const ours = ingresses.filter((one) => routesOf(one).some(({ service }) => service === state.name));
  const entries = ours.flatMap((ingress) =>
    (ingress.spec.tls ?? []).flatMap(({ secretName, hosts }) =>
      secretName === undefined ? [] : [{ secret: secretName, hosts: hosts ?? hostsOf(ingress, state.name) }],
    ),
  );
  if (entries.length === 0)
    return {
      state: 'absent',
      seen: {
        en: 'No Ingress of this Service has a certificate.',
        ko: '이 서비스의 인그레스에 인증서가 없습니다.',
      },
    };
  for (const { secret, hosts } of entries) {
    // It may not be read: nothing can be said of it.
    if (!secrets.has(secret)) continue;
    const pem = secrets.get(secret);
    const diagnosis = problemOf(secret, pem, hosts, at);
    if (diagnosis === undefined) continue;
    const [own] = certificatesIn(pem ?? '');
    return {
      state: 'broken',
      diagnosis,
      evidence: [
        {
          title: { en: `Secret ${secret}`, ko: `시크릿 ${secret}` },
          command: `kubectl get secret -n ${state.namespace} ${secret}`,
          output:
            pem === undefined
              ? `Error from server (NotFound): secrets "${secret}" not found`
              : own === undefined
                ? '(no certificate in tls.crt)'
                : certificateFacts(own),
          at,
        },
      ],
    };
  }
  const known = entries.some(({ secret }) => secrets.has(secret));
  const list = entries.map(({ secret }) => secret).join(', ');
  return known
    ? {
        state: 'ok',
        seen: {
          en: `The certificate in ${list} is for its hosts.`,
          ko: `${list}의 인증서는 호스트에 맞습니다.`,
        },
      }
    : {
        state: 'unknown',
        seen: { en: `The Secret ${list} may not be read.`, ko: `시크릿 ${list}을(를) 읽을 권한이 없습니다.` },
      };
}

function hostsOf(ingress: Ingress, service: string): string[] {
  return routesOf(ingress).flatMap((route) =>
    route.service === service && route.host !== undefined ? [route.host] : [],
  );
}

function certificateFacts({
  subjectAltName = '(none)',
  validFrom,
  validTo,
  issuer,
}: X509Certificate): string {
  return `subjectAltName: ${subjectAltName}\nissuer: ${issuer}\nvalid: ${validFrom} – ${validTo}`;
}

function problemOf(
  secret: string,
  pem: string | undefined,
  hosts: readonly string[],
  at: number,
): Diagnosis | undefined {
  if (pem === undefined)
    return said(
      'tls-secret-missing',
      {
        en: `The Ingress names the TLS Secret ${secret}, which does not exist in its namespace`,
        ko: `인그레스가 지정한 TLS 시크릿 ${secret}이(가) 같은 네임스페이스에 없습니다`,
      },
      SECRET,
    );
  const [own] = certificatesIn(pem);
  if (own === undefined)
    return said(
      'tls-secret-unusable',
      {
        en: `The Secret ${secret} has no certificate in tls.crt`,
        ko: `시크릿 ${secret}의 tls.crt에 인증서가 없습니다`,
      },
      SECRET,
    );
  const bare = hosts.find((host) => !coversName(own, host.replace(/^\*/, 'any')));
  if (bare !== undefined)
    return { finding: 'certificate-other-name', brokenHop: 'service', ...notCovered(bare, own) };
  return isWithinTime(own, at)
    ? undefined
    : said(
        'certificate-expired',
        {
          en: `The certificate in ${secret} is valid from ${own.validFrom} to ${own.validTo}`,
          ko: `${secret}에 있는 인증서의 유효 기간: ${own.validFrom} ~ ${own.validTo}`,
        },
        {
          en: 'Clients refuse a certificate outside of its time. Issue a new one and put it into the Secret.',
          ko: '클라이언트는 유효 기간이 아닌 인증서를 거부합니다. 새로 발급해 시크릿에 넣으세요.',
        },
      );
}

/** Without a usable Secret, a controller presents a certificate of its own making. */
const SECRET: LocalizedText = {
  en: 'A Secret of type kubernetes.io/tls keeps a certificate in tls.crt and its key in tls.key, in the namespace of the Ingress.',
  ko: 'kubernetes.io/tls 유형의 시크릿은 인증서를 tls.crt에, 키를 tls.key에 담으며 인그레스와 같은 네임스페이스에 있어야 합니다.',
};

/** The certificate does not name the host that a client asks for. */
export function notCovered(
  name: string,
  own: X509Certificate,
): { actual: LocalizedText; why: LocalizedText } {
  const names = own.subjectAltName ?? '(none)';
  return {
    actual: {
      en: `The certificate is not for ${name}; it names ${names}`,
      ko: `${name}에 대한 인증서가 아닙니다. 인증서의 이름: ${names}`,
    },
    why: {
      en: 'Clients compare the name that they asked for with the subject alternative names. The common name alone no longer counts.',
      ko: '클라이언트는 요청한 이름을 인증서의 SAN(subject alternative name)과 비교합니다. CN만으로는 더 이상 인정되지 않습니다.',
    },
  };
}

function said(finding: DiagnosisFinding, actual: LocalizedText, why: LocalizedText): Diagnosis {
  return { finding, brokenHop: 'service', actual, why };
}
