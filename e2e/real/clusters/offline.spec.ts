import { execa } from 'execa';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { PreflightReport } from '../../../src-shared/cluster.ts';
import { Installation } from '../../app.ts';
import { ENGINE, ENGINE_ENVIRONMENT, MIRROR_SWITCH, NODE_IMAGE, shell } from '../engine.ts';

/** An offline pack: made where there is a network, and used where there is none. */

/** A node image of the test's own, so that nobody else's is taken away. */
const OWN_NODE_IMAGE = `switchyard.test/node:${NODE_IMAGE.split(':').at(-1) ?? ''}`;

const folder = mkdtempSync(join(tmpdir(), 'switchyard-pack-'));
const pack = join(folder, 'workshop.pack.tar');
/** Everything that is removed, should the pack not bring it back. */
const kept = join(folder, 'kept.tar');
let installed: Installation;
let images: string[] = [];

test.beforeAll(async () => {
  installed = new Installation({ ...ENGINE_ENVIRONMENT, SWITCHYARD_NODE_IMAGE: OWN_NODE_IMAGE });
  const dockerfile = `FROM ${NODE_IMAGE}\nLABEL switchyard.test=${Date.now()}\n`;
  await execa(ENGINE, ['build', '--quiet', '--tag', OWN_NODE_IMAGE, '-'], { input: dockerfile });
});
test.afterAll(async () => {
  await installed.cli('cluster', 'delete', '--provider', 'kind');
  if (MIRROR_SWITCH !== undefined) await shell(MIRROR_SWITCH.start);
  const there = await Promise.all(images.map(isThere));
  if (!there.every(Boolean)) await execa(ENGINE, ['load', '--input', kept]);
  await execa(ENGINE, ['image', 'rm', OWN_NODE_IMAGE], { reject: false });
  rmSync(folder, { recursive: true, force: true });
  installed.remove();
});

async function isThere(image: string): Promise<boolean> {
  const { exitCode } = await execa(ENGINE, ['image', 'inspect', image], { reject: false });
  return exitCode === 0;
}

async function preflight(): Promise<PreflightReport | undefined> {
  const { out } = await installed.cli('preflight', '--provider', 'kind', '--json');
  return (JSON.parse(out) as { reports: PreflightReport[] }).reports[0];
}

test('a pack is made, and with the images gone and nowhere to fetch them from, a lab is solved with it', async () => {
  test.skip(
    MIRROR_SWITCH === undefined,
    'SWITCHYARD_MIRROR_STOP AND SWITCHYARD_MIRROR_START SAY HOW THE WAY TO IMAGES IS CLOSED AND OPENED',
  );
  if (MIRROR_SWITCH === undefined) return;
  const made = await installed.cli('pack', 'create', pack, '--provider', 'kind', '--json');
  expect(made.status, made.err).toBe(0);
  const { manifest } = JSON.parse(made.out) as {
    manifest: { entries: { images: { reference: string }[] }[] };
  };
  images = manifest.entries.flatMap((entry) => entry.images.map(({ reference }) => reference));
  expect(images.some((image) => image.includes(OWN_NODE_IMAGE))).toBe(true);
  expect((await installed.cli('pack', 'verify', pack)).status).toBe(0);
  const equipped = await preflight();
  expect(equipped, JSON.stringify(equipped)).toMatchObject({ offlineReady: true });

  await execa(ENGINE, ['save', '--output', kept, ...images]);
  await execa(ENGINE, ['image', 'rm', ...images]);
  await shell(MIRROR_SWITCH.stop);
  const before = await preflight();
  expect(before?.offlineReady).toBe(false);
  expect(before?.items.find(({ id }) => id === 'images')?.seen.en).toContain(OWN_NODE_IMAGE);
  expect((await installed.cli('pack', 'verify', '--provider', 'kind')).status).toBe(1);

  const loaded = await installed.cli('pack', 'load', pack);
  expect(loaded.status, loaded.err).toBe(0);
  expect(loaded.out).toContain('kind: ready for offline');
  expect((await installed.cli('pack', 'verify', '--provider', 'kind')).status).toBe(0);
  expect(await preflight()).toMatchObject({ usable: true, offlineReady: true });

  const created = await installed.cli('cluster', 'create', '--provider', 'kind', '--json');
  expect(created.status, created.err).toBe(0);
  // Ingress and every capability are there, so its controller's image was.
  expect(JSON.parse(created.out)).toMatchObject({ capabilities: { missing: {} }, notices: [] });
  for (const verb of ['start', 'solve', 'check']) {
    const done = await installed.cli('lab', verb, 'cluster-ip', '--provider', 'kind');
    expect(done.status, `${verb}: ${done.out}${done.err}`).toBe(0);
  }
});
