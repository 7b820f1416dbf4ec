/**
 * Korean names in Latin letters, letter by letter as the Revised Romanization writes names: without the changes
 * of sound between syllables. https://www.korean.go.kr/front_eng/roman/roman_01.do
 */

const INITIALS = 'g kk n d tt r m b pp s ss  j jj ch k t p h'.split(' ');
const VOWELS = 'a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i'.split(' ');
// Of two consonants at the end one is spoken.
const FINALS = ' k k k n n n t l k m p l l p l m p p t t ng t t k t p t'.split(' ');

/** 가 */
const FIRST_SYLLABLE = 0xac00;

/** `김민수` is `gimminsu`. What is not a syllable of Hangul stays as it is. */
export function romanized(text: string): string {
  return text.normalize('NFC').replace(/[가-힣]/g, romanizedSyllable);
}

function romanizedSyllable(syllable: string): string {
  const index = syllable.charCodeAt(0) - FIRST_SYLLABLE;
  const final = index % FINALS.length;
  const vowel = Math.floor(index / FINALS.length) % VOWELS.length;
  const initial = Math.floor(index / (FINALS.length * VOWELS.length));
  return `${INITIALS[initial] ?? ''}${VOWELS[vowel] ?? ''}${FINALS[final] ?? ''}`;
}
