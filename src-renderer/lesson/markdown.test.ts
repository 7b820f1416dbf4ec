import { describe, expect, it } from 'vitest';
import { splitProse } from './markdown.ts';

describe('prose', () => {
  it('sets code fences apart and knows which ones run', () => {
    const parts = splitProse(
      'Ask.\n\n```sh run\ncurl web\n```\n\nThen **look**.\n\n```yaml\nkind: Pod\n```\n',
    );
    expect(parts).toEqual([
      { type: 'html', html: '<p>Ask.</p>' },
      { type: 'code', language: 'sh', code: 'curl web', run: true },
      { type: 'html', html: '<p>Then <strong>look</strong>.</p>' },
      { type: 'code', language: 'yaml', code: 'kind: Pod', run: false },
    ]);
  });

  it('never lets HTML of the content through', () => {
    expect(splitProse('<img src=x onerror=alert(1)>')).toEqual([
      { type: 'html', html: '<p>&lt;img src=x onerror=alert(1)&gt;</p>' },
    ]);
  });
});
