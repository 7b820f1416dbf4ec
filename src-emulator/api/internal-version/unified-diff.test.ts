import { describe, expect, it } from 'vitest';
import { internalValue } from './internal-value.ts';
import { jsonDiff } from './unified-diff.ts';

describe('jsonDiff', () => {
  it('says nothing of values that are equal', () => {
    expect(jsonDiff({ a: 1 }, { a: 1 })).toBe('');
  });

  it('shows three lines around each change, and changes far apart as hunks of their own', () => {
    const before = { first: 1, list: [1, 2, 3, 4, 5, 6, 7, 8, 9], last: 'a<b' };
    expect(jsonDiff(before, { ...before, first: 2, last: 'c' })).toBe(
      [
        '@@ -1,5 +1,5 @@',
        ' {',
        '- "first": 1,',
        '+ "first": 2,',
        '  "list": [',
        '   1,',
        '   2,',
        '@@ -11,5 +11,5 @@',
        '   8,',
        '   9',
        '  ],',
        '- "last": "a\\u003cb"',
        '+ "last": "c"',
        ' }',
        '',
      ].join('\n'),
    );
  });

  it('shows what comes and what goes', () => {
    expect(jsonDiff([1, 2], [2, 3])).toBe('@@ -1,4 +1,4 @@\n [\n- 1,\n- 2\n+ 2,\n+ 3\n ]\n');
  });
});

describe('internalValue', () => {
  it('has every field of the type in its order, set or not', () => {
    expect(JSON.stringify(internalValue('Probe', { httpGet: { port: 80 }, periodSeconds: 5 }))).toBe(
      '{"Exec":null,"HTTPGet":{"Path":"","Port":80,"Host":"","Scheme":"","HTTPHeaders":null},"TCPSocket":null,' +
        '"GRPC":null,"InitialDelaySeconds":0,"TimeoutSeconds":0,"PeriodSeconds":5,"SuccessThreshold":0,' +
        '"FailureThreshold":0,"TerminationGracePeriodSeconds":null}',
    );
  });

  it("puts the host's namespaces into the security context", () => {
    expect(internalValue('PodSpec', { hostNetwork: true })['SecurityContext']).toMatchObject({
      HostNetwork: true,
      HostPID: false,
    });
  });

  it('shows the metadata of a template as they are served, labels in order', () => {
    const template = internalValue('PodTemplateSpec', { metadata: { labels: { b: '2', a: '1' } }, spec: {} });
    expect(Object.keys(template)).toEqual(['labels', 'Spec']);
    expect(JSON.stringify(template['labels'])).toBe('{"a":"1","b":"2"}');
  });
});
