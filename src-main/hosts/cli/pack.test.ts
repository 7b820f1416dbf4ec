import { Command } from 'commander';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeEngine } from '../../engine/testing/fake-engine.ts';
import { AGNHOST, KIND, NODE, Workshop } from '../../packs/testing/workshop.ts';
import type { CliContext } from './context.ts';
import { reportError } from './output.ts';
import { packCommand } from './pack.ts';
import { PackTeller } from './pack-teller.ts';
import { oneLab } from './testing/one-lab.ts';

let workshop: Workshop;
let labs: string;
let laptop: FakeEngine;
let interrupt: AbortController;
let out: string[];
let err: string[];
beforeEach(async () => {
  workshop = await Workshop.open();
  labs = await oneLab(workshop.directory);
  workshop.stock();
  laptop = new FakeEngine();
  interrupt = new AbortController();
});
afterEach(() => workshop[Symbol.asyncDispose]());

/** Runs one `pack` command on a machine. @returns its exit status */
async function pack(engine: FakeEngine, args: string[], locale: 'en' | 'ko' = 'en'): Promise<number> {
  out = [];
  err = [];
  const context: CliContext = {
    version: '1.2.3',
    paths: { root: '', labs, renderer: '', clusterProcess: '' },
    dataDirectory: join(workshop.directory, 'data'),
    launchCluster: () => Promise.reject(new Error('no cluster in this test')),
    locale,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  };
  let status = 0;
  const machine = {
    tools: [KIND],
    preferred: undefined,
    run: engine.run,
    system: 'linux' as const,
    untilInterrupted: () => interrupt.signal,
  };
  const command = packCommand(context, (result) => (status = result), machine);
  try {
    await new Command().addCommand(command).parseAsync(['pack', ...args], { from: 'user' });
    return status;
  } catch (error) {
    return reportError(error, context, args.includes('--json'));
  }
}

describe('switchyard pack', () => {
  it('makes a pack, checks it, loads it on a laptop, and says that this is ready', async () => {
    const { file } = workshop;
    expect(await pack(workshop.engine, ['create', file])).toBe(0);
    expect(out[0]).toMatch(/workshop\.pack\.tar is ready: 1\.\d MB in \d+ s/);
    expect(out[1]).toBe('  for: kind (amd64)');
    expect(err[0]).toMatch(/^Packing kind-node-amd64\.tar\.zst: .* of about 100 kB/);

    expect(await pack(laptop, ['verify', file])).toBe(0);
    expect(out).toContain('Every checksum matches.');
    expect(out).toContain('Not loaded here yet: kind-node-amd64.tar.zst, pods-amd64.tar.zst');

    expect(await pack(laptop, ['verify'])).toBe(1);
    expect(out).toEqual([
      'kind: not ready for offline. Missing:',
      `  ${NODE}`,
      `  ${AGNHOST}`,
      expect.stringContaining('switchyard pack load FILE'),
    ]);
    expect(await pack(laptop, ['load', file])).toBe(0);
    expect(out).toEqual(['kind: ready for offline']);
    expect(await pack(laptop, ['verify'], 'ko')).toBe(0);
    expect(out).toEqual(['kind: 오프라인 사용 가능']);
    expect(await pack(laptop, ['verify', file])).toBe(0);
    expect(out).toContain('All of it is loaded here.');
  });

  it('speaks JSON to programs, and nothing beside it', async () => {
    const { file } = workshop;
    expect(await pack(workshop.engine, ['create', file, '--json'])).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({ file, manifest: { providers: ['kind'] } });
    expect(err).toEqual([]);
    expect(await pack(laptop, ['verify', file, '--json'])).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({
      ok: true,
      damaged: [],
      gaps: [],
      toLoad: { length: 2 },
    });
    expect(await pack(laptop, ['load', file, '--json'])).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({
      engine: 'docker',
      architecture: 'amd64',
      loaded: { length: 2 },
      ready: [{ provider: 'kind', missing: [] }],
    });
    expect(await pack(laptop, ['verify', '--json'])).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({ ok: true });
  });

  it('says what is left when it is interrupted, and goes on from there', async () => {
    workshop.engine.onSaved = () => {
      if (workshop.engine.count('save') === 2) interrupt.abort();
    };
    expect(await pack(workshop.engine, ['create', workshop.file])).toBe(2);
    expect(err.at(-1)).toMatch(/^Cancelled\. 1 of 2 parts are finished and kept in .*\.part: run the same/);
    interrupt = new AbortController();
    expect(await pack(workshop.engine, ['create', workshop.file])).toBe(0);
    expect(err).toContain('kind-node-amd64.tar.zst is there already.');
  });

  it('looks at a file also where no engine is, and says what could not be looked at', async () => {
    await pack(workshop.engine, ['create', workshop.file]);
    laptop.state = 'missing';
    expect(await pack(laptop, ['verify', workshop.file])).toBe(0);
    expect(out).toContain('Every checksum matches.');
    expect(err.at(-1)).toContain('needs a container engine');
  });

  it.each([
    ['pack-truncated', (file: string) => ['load', file]],
    ['pack-missing', (file: string) => ['load', `${file}.none`]],
    ['pack-exists', (file: string) => ['create', file]],
    ['pack-provider', (file: string) => ['create', `${file}2`, '--provider', 'kind,emulated']],
    ['pack-provider', (file: string) => ['create', `${file}2`, '--provider', 'kindly']],
    ['pack-provider', (file: string) => ['create', `${file}2`, '--provider', '']],
    ['lab-unknown', (file: string) => ['create', `${file}2`, '--lab', 'cluster-ip,cookery']],
    ['architecture-unknown', (file: string) => ['create', `${file}2`, '--arch', 'amd64,riscv64']],
    ['airgap-unusable', (file: string) => ['create', `${file}2`, '--k3s-airgap', file]],
  ])('could not run: %s', async (code, args) => {
    await pack(workshop.engine, ['create', workshop.file]);
    await truncate(workshop.file, 1_050_000);
    expect(await pack(workshop.engine, [...args(workshop.file), '--json'])).toBe(2);
    expect(JSON.parse(out.join(''))).toMatchObject({ problem: { code } });
    expect(err.length).toBeGreaterThan(1);
  });

  it.each([
    ['engine-missing', 'missing'],
    ['engine-stopped', 'stopped'],
  ] as const)('could not run: %s', async (code, state) => {
    await pack(workshop.engine, ['create', workshop.file]);
    laptop.state = state;
    for (const args of [['load', workshop.file], ['verify'], ['create', `${workshop.file}2`]]) {
      expect(await pack(laptop, [...args, '--json'])).toBe(2);
      expect(JSON.parse(out.join(''))).toMatchObject({ problem: { code } });
    }
  });
});

describe('progress of a pack', () => {
  it('is a line when something begins and when it ends, and now and then between', () => {
    const lines: string[] = [];
    let now = 0;
    const { tell } = new PackTeller({ err: (line) => lines.push(line), locale: 'en' }, false, () => now);
    for (let done = 0; done <= 1000; done++) {
      tell({ action: 'load', name: 'pods', done: done * 1e6, total: 1e9 });
      now += 10;
    }
    expect(lines[0]).toBe('Loading pods: 0 B of 1.0 GB (0 %)');
    expect(lines.at(-1)).toBe('Loading pods: 1.0 GB of 1.0 GB (100 %)');
    expect(lines.length).toBeLessThan(8);
    expect(lines.length).toBeGreaterThan(3);
  });

  it('goes on speaking when little moves', () => {
    const lines: string[] = [];
    let now = 0;
    const { tell } = new PackTeller({ err: (line) => lines.push(line), locale: 'ko' }, false, () => now);
    for (let second = 0; second < 60; second++) {
      tell({ action: 'pack', name: 'pods', done: second * 1e5, total: 1e10 });
      now += 1000;
    }
    expect(lines).toHaveLength(4);
    expect(lines[1]).toBe('pods 담는 중: 1.5 MB/약 10 GB (0 %)');
  });
});
