import type { Locale } from '#shared/locale.ts';
import { formatBytes } from '../../packs/bytes.ts';
import type { PackManifest } from '../../packs/manifest.ts';
import type { PackGap, Readiness } from '../../packs/verify.ts';

/** What commands about packs print for people. */

export function createdLines(file: string, manifest: PackManifest, ms: number, locale: Locale): string[] {
  const { bytes } = manifest;
  const seconds = Math.round(ms / 1000);
  return locale === 'ko'
    ? [
        `${file} 완성: ${formatBytes(bytes)}, ${seconds}초`,
        ...contentLines(manifest, locale),
        `각 노트북으로 복사한 다음 실행하세요:  switchyard pack load FILE`,
      ]
    : [
        `${file} is ready: ${formatBytes(bytes)} in ${seconds} s`,
        ...contentLines(manifest, locale),
        `Copy it to each laptop; there run:  switchyard pack load FILE`,
      ];
}

export function contentLines({ providers, labs, architectures }: PackManifest, locale: Locale): string[] {
  const [forWhat, labsAre] = locale === 'ko' ? ['제공자', '실습'] : ['for', 'labs'];
  return [
    `  ${forWhat}: ${providers.join(', ')} (${architectures.join(', ')})`,
    `  ${labsAre}: ${labs.join(', ')}`,
  ];
}

export function readinessLines(ready: readonly Readiness[], locale: Locale): string[] {
  return ready.flatMap(({ provider, engines, missing }) => {
    if (engines !== undefined)
      return locale === 'ko'
        ? `${provider}: ${engines.join(', ')} 엔진이 필요합니다`
        : `${provider}: works with ${engines.join(', ')} only`;
    if (missing.length === 0)
      return locale === 'ko' ? `${provider}: 오프라인 사용 가능` : `${provider}: ready for offline`;
    return [
      locale === 'ko'
        ? `${provider}: 오프라인 사용 불가. 없는 이미지:`
        : `${provider}: not ready for offline. Missing:`,
      ...missing.map((reference) => `  ${reference}`),
    ];
  });
}

/** What to do about what is missing. */
export function missingAdvice(locale: Locale): string {
  return locale === 'ko'
    ? '팩을 올리거나(switchyard pack load FILE) 네트워크가 있을 때 클러스터를 한 번 만드세요.'
    : 'Load a pack (switchyard pack load FILE), or make a cluster once while there is a network.';
}

export function damageLines(damaged: readonly string[], locale: Locale): string[] {
  if (damaged.length === 0)
    return [locale === 'ko' ? '체크섬이 모두 일치합니다.' : 'Every checksum matches.'];
  return locale === 'ko'
    ? [
        `손상됨: 다음 항목의 체크섬이 일치하지 않습니다: ${damaged.join(', ')}`,
        '원본에서 다시 복사하거나 내려받으세요.',
      ]
    : [
        `Damaged: the checksum does not match for ${damaged.join(', ')}.`,
        'Copy or download it again from where it came from.',
      ];
}

export function gapLines(gaps: readonly PackGap[], locale: Locale): string[] {
  return gaps.flatMap(({ provider, architecture, missing }) => [
    locale === 'ko'
      ? `이 버전의 Switchyard에 필요하지만 팩에 없는 것(${provider}, ${architecture}):`
      : `This version of Switchyard needs for ${provider} on ${architecture}, and the pack lacks:`,
    ...missing.map((reference) => `  ${reference}`),
  ]);
}

export function toLoadLines(names: readonly string[], locale: Locale): string[] {
  if (names.length === 0)
    return [locale === 'ko' ? '이 컴퓨터에 모두 올라와 있습니다.' : 'All of it is loaded here.'];
  return [
    locale === 'ko'
      ? `이 컴퓨터에 아직 올리지 않은 것: ${names.join(', ')}`
      : `Not loaded here yet: ${names.join(', ')}`,
  ];
}

/** Labs of this version that a pack was not made for. */
export function otherLabsLines(labs: readonly string[], locale: Locale): string[] {
  if (labs.length === 0) return [];
  return [
    locale === 'ko'
      ? `이 팩에 없는 실습: ${labs.join(', ')}`
      : `Labs that this pack was not made for: ${labs.join(', ')}`,
  ];
}
