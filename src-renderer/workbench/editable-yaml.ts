/** What the server keeps about an object, and what would make an apply of it fail or say nothing. */
const KEPT_BY_SERVER: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
]);

/**
 * The YAML of a live object as a manifest to edit: without its status and without what the server fills in. An old
 * `resourceVersion`, above all, would let the apply be refused. Takes YAML as main prints it (block style, two
 * spaces); lines that it doesn't know it keeps.
 */
export function editableYaml(yaml: string): string {
  const kept: string[] = [];
  let skips = false;
  let inMetadata = false;
  for (const line of yaml.split('\n')) {
    const [, indent, key] = /^( {0,2})([A-Za-z]+):/.exec(line) ?? [];
    if (indent === '') {
      inMetadata = key === 'metadata';
      skips = key === 'status';
    } else if (indent === '  ' && inMetadata) skips = KEPT_BY_SERVER.has(key ?? '');
    if (!skips) kept.push(line);
  }
  return `${kept.join('\n').trimEnd()}\n`;
}
