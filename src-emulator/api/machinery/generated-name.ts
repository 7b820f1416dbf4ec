/** Letters and digits that make no words and are not mistaken for each other (k8s.io/apimachinery/pkg/util/rand). */
const CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';
/** The characters behind the prefix. */
const SUFFIX_LENGTH = 5;
/** With its suffix, a name is a label of DNS then (k8s.io/apiserver/pkg/storage/names). */
const MAX_PREFIX_LENGTH = 58;

/**
 * A name for an object that asks for one by metadata.generateName. It is not sure to be free.
 * @param random at least 0, below 1
 */
export function generateName(prefix: string, random: () => number): string {
  let suffix = '';
  for (let index = 0; index < SUFFIX_LENGTH; index++)
    suffix += CHARACTERS[Math.floor(random() * CHARACTERS.length)] ?? '';
  return prefix.slice(0, MAX_PREFIX_LENGTH) + suffix;
}
