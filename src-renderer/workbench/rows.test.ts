import { describe, expect, it } from 'vitest';
import type { ObjectView } from '#shared/live.ts';
import { formatAge } from './age.ts';
import { buildRows } from './rows.ts';

describe('ages', () => {
  it.each([
    [0, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [200_000, '3m20s'],
    [12 * 60_000, '12m'],
    [(5 * 60 + 3) * 60_000, '5h3m'],
    [30 * 3_600_000, '30h'],
    [52 * 3_600_000, '2d4h'],
    [400 * 24 * 3_600_000, '400d'],
  ])('%i ms read as %s', (milliseconds, text) => {
    expect(formatAge(milliseconds)).toBe(text);
  });

  it('does not go below zero when clocks disagree', () => {
    expect(formatAge(-5000)).toBe('0s');
  });
});

describe('rows', () => {
  const base = { namespace: 'lab', createdAt: 0 };
  const views: ObjectView[] = [
    {
      ...base,
      kind: 'Service',
      uid: '1',
      name: 'web',
      type: 'NodePort',
      clusterIP: '10.96.0.9',
      externalAddresses: [],
      selector: { app: 'web', tier: 'front' },
      ports: [{ protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 }],
    },
    { ...base, kind: 'Secret', uid: '2', name: 'token', keys: ['a', 'b'] },
    { ...base, kind: 'ConfigMap', uid: '3', name: 'page', keys: [] },
  ];
  const objects = new Map(views.map((view) => [view.uid, view]));

  it('writes ports and selector of a Service in one line each', () => {
    expect(buildRows(objects, 'Service')[0]?.cells).toMatchObject({
      ports: '80→8080:30080',
      selector: 'app=web,tier=front',
    });
  });

  it('puts ConfigMaps and Secrets into one group', () => {
    expect(buildRows(objects, 'Config').map((row) => row.cells['name'])).toEqual(['page', 'token']);
  });

  it('filters by a part of the name', () => {
    expect(buildRows(objects, 'Config', 'TOK').map((row) => row.cells['name'])).toEqual(['token']);
  });
});
