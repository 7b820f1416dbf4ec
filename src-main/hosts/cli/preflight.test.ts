import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { PreflightItem, PreflightReport } from '#shared/cluster.ts';
import { verbatim } from '#shared/locale.ts';
import type { Provider } from '../../providers/provider.ts';
import type { CliContext, ExitStatus } from './context.ts';
import { preflightCommand, preflightLines } from './preflight.ts';

const item = (id: string, change: Partial<PreflightItem> = {}): PreflightItem => ({
  id,
  title: verbatim(id),
  state: 'ok',
  seen: verbatim(`${id} is well.`),
  why: verbatim(`why ${id}`),
  commands: [],
  mends: [],
  ...change,
});

const report = (change: Partial<PreflightReport>): PreflightReport => ({
  provider: 'kind',
  usable: true,
  offlineReady: true,
  items: [],
  at: 0,
  durationMs: 1,
  ...change,
});

const LEFT = item('left-overs', {
  state: 'warning',
  seen: verbatim('One is left.'),
  fix: verbatim('Delete it.'),
  mends: [{ id: 'delete:switchyard', label: verbatim('Delete what is left') }],
});

describe('the report', () => {
  it('is set in columns, with reasons, remedies and what the command can do where something is wrong', () => {
    const items = [item('engine'), LEFT, item('ports', { state: 'unknown', commands: ['ss -ltnp'] })];
    expect(preflightLines([report({ items })], 'en')).toEqual([
      'kind: usable, ready for offline',
      '  ✓ engine      engine is well.',
      '  ! left-overs  One is left.',
      '                why left-overs',
      '                → Delete it.',
      '                → Delete what is left:',
      '                    switchyard preflight --provider kind --mend left-overs/delete:switchyard',
      '  ? ports       ports is well.',
      '                why ports',
      '                    ss -ltnp',
      '',
      'Usable here: kind',
      'Ready for offline: kind',
    ]);
  });

  it('sets Korean in columns too', () => {
    const items = [
      item('a', { title: verbatim('메모리'), seen: verbatim('넉넉') }),
      item('b', { title: verbatim('kubectl'), seen: verbatim('1.34') }),
    ];
    expect(preflightLines([report({ items })], 'ko').slice(0, 3)).toEqual([
      'kind: 사용 가능, 오프라인 사용 가능',
      '  ✓ 메모리   넉넉',
      '  ✓ kubectl  1.34',
    ]);
  });

  it('ends with what can be used, what without a network, and what is missing for that', () => {
    const missing = item('images', { state: 'warning', seen: verbatim('2 of 3 images are missing.') });
    const engine = item('engine', { state: 'blocked', seen: verbatim('None.') });
    const lines = preflightLines(
      [
        report({ provider: 'emulated' }),
        report({ offlineReady: false, items: [missing] }),
        report({ provider: 'k3d', usable: false, offlineReady: false, items: [engine, missing] }),
      ],
      'en',
    );
    expect(lines).toContain('kind: usable');
    expect(lines).toContain('k3d: not usable (engine)');
    expect(lines.slice(-3)).toEqual([
      'Usable here: emulated, kind',
      'Ready for offline: emulated',
      '  kind: 2 of 3 images are missing.',
    ]);
  });
});

describe('the command', () => {
  let out: string[];
  let mended: string[];
  beforeEach(() => {
    out = [];
    mended = [];
  });

  type Looked = Pick<Provider, 'id' | 'preflight' | 'mend'>;
  const provider = (id: Provider['id'], usable: boolean): Looked => ({
    id,
    preflight: () => Promise.resolve(report({ provider: id, usable })),
    mend: (what, mend) => {
      if (what !== 'left-overs')
        return Promise.reject(new AppError({ code: 'mend-unknown', message: verbatim('no') }));
      mended.push(`${id} ${mend}`);
      return Promise.resolve();
    },
  });

  async function run(args: string[], providers: Looked[]): Promise<ExitStatus | undefined> {
    let status: ExitStatus | undefined;
    const context: CliContext = {
      version: '1.2.3',
      paths: { root: '', labs: '', renderer: '', clusterProcess: '' },
      dataDirectory: '/data',
      launchCluster: () => Promise.reject(new Error('no cluster in this test')),
      locale: 'en',
      out: (line) => out.push(line),
      err: () => undefined,
    };
    await preflightCommand(
      context,
      (result) => {
        status = result;
      },
      () => Promise.resolve(providers),
    )
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .parseAsync(args, { from: 'user' });
    return status;
  }

  it('tells by its status whether any of those that it looked at can be used', async () => {
    const providers = [provider('emulated', true), provider('kind', false)];
    expect(await run([], providers)).toBe(0);
    expect(await run(['--provider', 'kind'], providers)).toBe(1);
    expect(await run(['--provider', 'emulated'], providers)).toBe(0);
    await expect(run(['--provider', 'k3d'], providers)).rejects.toMatchObject({
      problem: { code: 'provider-unknown' },
    });
  });

  it('prints all of it for programs', async () => {
    await run(['--json'], [provider('emulated', true), provider('kind', false)]);
    expect(JSON.parse(out.join(''))).toMatchObject({
      dataDirectory: '/data',
      reports: [
        { provider: 'emulated', usable: true },
        { provider: 'kind', usable: false },
      ],
    });
  });

  it('does what a finding offers, of the provider that is named, and looks again', async () => {
    const providers = [provider('kind', true), provider('k3d', true)];
    const mend = ['--mend', 'left-overs/delete:switchyard'];
    expect(await run([...mend, '--provider', 'k3d'], providers)).toBe(0);
    expect(mended).toEqual(['k3d delete:switchyard']);
    expect(out[0]).toContain('k3d: usable');
    await expect(run(mend, providers)).rejects.toMatchObject({ problem: { code: 'mend-without-provider' } });
    await expect(run(['--provider', 'kind', '--mend', 'ports/open'], providers)).rejects.toMatchObject({
      problem: { code: 'mend-unknown' },
    });
    await expect(run(['--provider', 'kind', '--mend', 'left-overs'], providers)).rejects.toThrow('ITEM/MEND');
    expect(mended).toHaveLength(1);
  });
});
