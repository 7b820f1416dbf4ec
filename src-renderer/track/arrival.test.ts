import { describe, expect, it } from 'vitest';
import { arrivedAt } from './arrival.ts';
import type { TraceHop } from './trace-hop.ts';

const PODS = [
  { name: 'web-1', address: '10.244.0.4' },
  { name: 'web-10', address: '10.244.0.41' },
];

function hop(label: string, output?: string): TraceHop {
  const text = { en: '', ko: '' };
  return {
    hop: 'pod',
    state: 'ok',
    text,
    label,
    ...(output === undefined ? {} : { evidence: { title: text, output, at: 0 } }),
  };
}

describe('the pod that answered', () => {
  it('is named in the label, or by its address', () => {
    expect(arrivedAt(PODS, hop('web-10'))).toBe(PODS[1]);
    expect(arrivedAt(PODS, hop('web-1 (HTTP 200)'))).toBe(PODS[0]);
    expect(arrivedAt(PODS, hop('HTTP 200 · 10.244.0.4:8080'))).toBe(PODS[0]);
  });

  it('is named in what it answered', () => {
    expect(arrivedAt(PODS, hop('HTTP 200', 'web-10\n'))).toBe(PODS[1]);
  });

  it('is unknown when nobody, or more than one, is named', () => {
    expect(arrivedAt(PODS, hop('HTTP 200'))).toBeUndefined();
    expect(arrivedAt(PODS, hop('HTTP 200', 'web-1 web-10'))).toBeUndefined();
    expect(arrivedAt(PODS, { ...hop('web-1'), state: 'broken' })).toBeUndefined();
  });
});
