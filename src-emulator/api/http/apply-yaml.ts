import { badRequest } from '../status.ts';

/**
 * Parses the body of a server-side apply, which is YAML and may be JSON.
 * @returns `duplicates` names keys that came twice, one line each, as the real server does; the last one counts.
 * @throws ApiError 400.
 */
export async function parseApplyYaml(text: string): Promise<{ value: unknown; duplicates: string[] }> {
  const { isMap, isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined)
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${error.message}`);
  const duplicates: string[] = [];
  visit(document, (_key, node) => {
    if (!isMap(node)) return;
    const seen = new Set<unknown>();
    for (const { key } of node.items) {
      if (!isScalar(key)) continue;
      if (seen.has(key.value)) {
        const { line } = lineCounter.linePos(key.range?.[0] ?? 0);
        duplicates.push(`line ${line}: key ${JSON.stringify(key.value)} already set in map`);
      }
      seen.add(key.value);
    }
  });
  return { value: document.toJS() as unknown, duplicates };
}
