import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCluster, type Cluster } from '#emulator/index.ts';
import { isProcessAlive } from '#emulator/process-identity.ts';
import { Workshop } from '../container/testing/workshop.ts';
import { impatientClock } from '../testing/impatient-clock.ts';
import { k3dTool } from './tool.ts';

/** The provider with k3d, through executables that print what k3d is documented to print. */

// A dozen processes for each cluster.
vi.setConfig({ testTimeout: 60_000 });

let api: Cluster;
let shop: Workshop;
const tool = k3dTool(impatientClock());

beforeAll(async () => {
  api = await startCluster();
});
afterAll(() => api.stop());
beforeEach(() => {
  shop = new Workshop();
  shop.programs.serve(api.kubeconfig);
  shop.haveImages(tool);
});
afterEach(() => shop.dispose());

const REMAINS = ['docker network rm k3d-switchyard', 'docker volume rm k3d-switchyard-images'];

const folder = (): string => join(shop.directory, 'k3d', 'switchyard');

async function nothingIsLeft(): Promise<void> {
  expect(shop.programs.containers).toEqual([]);
  expect(shop.programs.hanging.filter(isProcessAlive)).toEqual([]);
  expect(await readdir(join(shop.directory, 'k3d')).catch(() => [])).toEqual([]);
}

describe('a cluster that k3d makes', () => {
  it('comes about step by step, with the images of its own pods in its nodes, and goes again', async () => {
    const provider = shop.provider(tool);
    const cluster = await shop.create(provider);
    expect(shop.steps.every(({ state }) => state === 'done')).toBe(true);
    const [save = '', create = ''] = shop.programs.deeds;
    expect(save).toMatch(
      /^docker save rancher\/klipper-helm:\S+ .*rancher\/mirrored-pause:3\.6 nginx:1\.27$/,
    );
    expect(create).toContain('k3d cluster create switchyard --servers 1 --agents 2');
    expect(create).toContain(
      `--volume ${folder()}/images:/var/lib/rancher/k3s/agent/images@server:*;agent:*`,
    );
    expect(shop.programs.containers).toEqual([
      'k3d-switchyard-server-0',
      'k3d-switchyard-agent-0',
      'k3d-switchyard-agent-1',
      'k3d-switchyard-serverlb',
    ]);
    // Also where k3d names another address than the one that is published.
    expect(cluster.server.url).toBe(api.url);
    expect(readFileSync(join(folder(), 'kubeconfig'), 'utf8')).toContain(`server: ${api.url}`);
    expect(await readdir(join(folder(), 'images'))).toEqual([]);
    expect(cluster.notices.map(({ code }) => code)).toEqual(['ingress-unavailable']);

    await provider.delete('switchyard');
    const last = shop.programs.calls.findLast(({ line }) => line.startsWith('k3d '));
    expect(last?.line).toBe('k3d cluster delete switchyard');
    expect(last?.env['KUBECONFIG']).toBe(join(folder(), 'kubeconfig'));
    await nothingIsLeft();
  });

  it('says why it cannot be made', async () => {
    shop.programs.rules = [{ on: 'k3d cluster create', replay: 'k3d/documented/create-port-taken' }];
    await expect(shop.create(shop.provider(tool))).rejects.toMatchObject({
      problem: { code: 'port-taken', message: { en: 'Port 127.0.0.1:30070 is taken by another program.' } },
    });
    expect(shop.current).toBe('workers');
    await nothingIsLeft();
  });

  it('leaves no network and no volume when it is given up before there is a container', async () => {
    shop.programs.rules = [{ on: 'k3d cluster create', until: 'Starting new tools node', then: 'hang' }];
    const cancel = new AbortController();
    const creating = shop.create(shop.provider(tool), { signal: cancel.signal });
    const refused = expect(creating).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await shop.until({ hangs: true });
    cancel.abort();
    await refused;
    expect(shop.programs.deeds.slice(-2)).toEqual(REMAINS);
    await nothingIsLeft();
  });

  it('leaves nothing when it is given up', async () => {
    shop.programs.rules = [{ on: 'k3d cluster create', until: 'Starting agents', then: 'hang' }];
    const cancel = new AbortController();
    const creating = shop.create(shop.provider(tool), { signal: cancel.signal });
    const refused = expect(creating).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    await shop.until({ hangs: true });
    await shop.until({ step: 'control-plane' });
    cancel.abort();
    await refused;
    expect(shop.programs.deeds.slice(-3)).toEqual(['k3d cluster delete switchyard', ...REMAINS]);
    await nothingIsLeft();
  });
});
