import { describe, expect, test } from 'vitest';
import { distributionChecker } from './distribution.ts';
import { readMany, tally } from '#main/probes/many.ts';
import { addressIn, kindOf, sourceIpChecker } from './source-ip.ts';
import { tlsChecker } from './tls.ts';
import { destination, evidence, response, spec, state, web1, web2 } from './testing/fixtures.ts';

const aim = { destinations: [destination], state: state(), port: 80 };

describe('distribution', () => {
  const pods = { namespace: 'shop', labels: { app: 'web' } };
  const judge = (wanted: object, bodies: string[], more: object = {}, errors: string[] = []) =>
    distributionChecker.judge(
      spec('distribution', {
        url: 'http://web/hostname',
        requests: bodies.length,
        expect: { pods, ...wanted },
        ...more,
      }),
      { aim, many: { bodies, errors, evidence }, pods: [web1, web2], node: 'a', at: 0 },
    );
  const both = ['web-1', 'web-2', 'web-1', 'web-1'];

  test('shares, and how many answer', () => {
    expect(judge({ distinct: { min: 2, max: 2 }, all: true }, both)).toMatchObject({ outcome: 'pass' });
    expect(judge({ shares: [{ labels: { app: 'web' }, share: { min: 1 } }] }, both)).toMatchObject({
      outcome: 'pass',
    });
  });

  test.each([
    ['too-many-pods', judge({ distinct: { max: 1 } }, both)],
    ['too-few-pods', judge({ distinct: { min: 2 } }, ['web-1', 'web-1'])],
    ['pods-unused', judge({ all: true }, ['web-1', 'web-1'])],
    ['wrong-pod', judge({}, ['web-1', 'other'])],
    ['other-node', judge({ sameNode: true }, both)],
    ['share-differs', judge({ shares: [{ labels: { app: 'none' }, share: { min: 0.1 } }] }, both)],
    ['request-failed', judge({}, both, {}, ['curl: (56) reset'])],
  ])('%s', (finding, verdict) => {
    expect(verdict).toMatchObject({ outcome: 'fail', finding });
  });

  test('one connection explains why only one pod answers', () => {
    const kept = judge({ all: true }, ['web-1', 'web-1'], { connection: 'keep-alive' });
    expect(kept.why?.en).toContain('once for a connection');
  });

  test('what curl prints for many URLs', () => {
    expect(
      readMany('web-1\n@switchyard 200\nweb-2\n@switchyard 200\n\n@switchyard 000\n', ['curl: (7) x']),
    ).toEqual({
      bodies: ['web-1', 'web-2'],
      errors: ['curl: (7) x'],
    });
    expect(tally(['a', 'b', 'b'])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });
});

describe('source-ip', () => {
  const book = {
    client: ['10.244.1.7'],
    nodes: [{ addresses: ['172.18.0.2'], podCidr: '10.244.1.0/24' }],
    pods: ['10.244.1.7', '10.244.1.8'],
  };
  test.each([
    ['10.244.1.7', 'client'],
    ['172.18.0.2', 'node'],
    ['10.244.1.8', 'pod'],
    ['10.244.1.1', 'node'],
    ['172.18.0.1', 'outside'],
  ])('%s is %s', (address, kind) => {
    expect(kindOf(address, book)).toBe(kind);
  });

  test.each([
    ['10.244.1.7:41234', '10.244.1.7'],
    ['[fd00::1]:80\n', 'fd00::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['NOW: 2026', undefined],
  ])('%s', (body, address) => {
    expect(addressIn(body)).toBe(address);
  });

  test('judged', () => {
    const judge = (address: string, body: string) =>
      sourceIpChecker.judge(spec('source-ip', { url: 'http://web/clientip', expect: { address } }), {
        aim,
        answers: [{ response: response({ body }), certain: true }],
        book,
        at: 0,
      });
    expect(judge('client', '10.244.1.7:1')).toMatchObject({ outcome: 'pass' });
    expect(judge('client', '172.18.0.2:1')).toMatchObject({ outcome: 'fail', finding: 'source-is-node' });
    expect(judge('outside', 'hello')).toMatchObject({ outcome: 'fail', finding: 'no-address-told' });
  });
});

test('tls: no handshake', () => {
  const judge = (failure: 'refused' | 'timeout', certain: boolean) =>
    tlsChecker.judge(spec('tls', { url: 'https://web/', expect: {} }), {
      aim: { destinations: [destination] },
      serverName: 'web',
      tls: { chain: [], failure, error: 'refused', evidence },
      certain,
      secret: undefined,
      authority: undefined,
      at: 0,
    });
  expect(judge('refused', true)).toMatchObject({ outcome: 'fail', finding: 'no-tls' });
  expect(judge('timeout', false)).toMatchObject({ outcome: 'error' });
});
