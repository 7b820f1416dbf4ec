/** The tags of a repository, and the version of the software that each stands for. */
export interface Tags {
  /** Those to name when somebody asks what there is. */
  readonly listed: readonly string[];
  /** Undefined when there is no such tag. */
  versionOf(tag: string): string | undefined;
}

/** A handful of tags by name, each with its version; a list when the tag is the version. */
export function fixedTags(tags: readonly string[] | Readonly<Record<string, string>>): Tags {
  const versions: Readonly<Record<string, string>> = Array.isArray(tags)
    ? Object.fromEntries((tags as readonly string[]).map((tag) => [tag, tag]))
    : (tags as Readonly<Record<string, string>>);
  return {
    listed: Object.keys(versions),
    versionOf: (tag) => (Object.hasOwn(versions, tag) ? versions[tag] : undefined),
  };
}

export interface ReleaseOptions {
  /** Prefix of every version tag, such as `v`. */
  prefix?: string;
  /** What may stand behind a version or alone: `-alpine`, which also makes the tag `alpine`. */
  variants?: readonly string[];
  /** Names for release lines or versions: `{ latest: '1.29' }`. */
  aliases?: Readonly<Record<string, string>>;
}

/**
 * Tags of software that is released in lines: `lines` gives the last patch release of each, so that
 * `{ '1.27': 5 }` has the tags 1.27 and 1.27.0 to 1.27.5.
 */
export function releaseTags(lines: Readonly<Record<string, number>>, options: ReleaseOptions = {}): Tags {
  const { prefix = '', variants = [], aliases = {} } = options;
  const plainVersion = (tag: string): string | undefined => {
    const named = Object.hasOwn(aliases, tag) ? aliases[tag] : undefined;
    if (named === undefined && !tag.startsWith(prefix)) return undefined;
    const text = named ?? tag.slice(prefix.length);
    const last = Object.hasOwn(lines, text) ? lines[text] : undefined;
    if (last !== undefined) return `${text}.${last}`;
    const [, line = '', patch = ''] = /^(.+)\.(\d+)$/.exec(text) ?? [];
    const highest = Object.hasOwn(lines, line) ? lines[line] : undefined;
    return highest !== undefined && String(Number(patch)) === patch && Number(patch) <= highest
      ? text
      : undefined;
  };
  return {
    listed: [...Object.keys(lines).map((line) => prefix + line), ...Object.keys(aliases)],
    versionOf(tag) {
      const found = plainVersion(tag);
      if (found !== undefined) return found;
      const variant = variants.find((each) => tag.endsWith(each) || tag === each.slice(1));
      if (variant === undefined) return undefined;
      return plainVersion(tag.slice(0, -variant.length) || 'latest');
    },
  };
}

/** `from` to `to`, each with `prefix` before it: what agnhost's tags are. */
export function numberedTags(prefix: string, from: number, to: number): Tags {
  return fixedTags(Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`));
}
