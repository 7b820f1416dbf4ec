import { execa } from 'execa';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKubeClient } from '#main/kube/client.ts';
import { systemClock } from '#main/kube/time.ts';
import { chooseHostPorts } from '#main/providers/container/ports.ts';
import { kindConfig } from '#main/providers/kind/config.ts';
import { waitUntilReady } from '#main/providers/readiness.ts';
import { type Figure, timed } from './figure.ts';
import { CLI } from './web-app.ts';

const BARE = 'switchyard-bench-bare';

/** What runs and costs time elsewhere: the images, which bare kind does not load. */
const IMAGE_STEPS = ['images', 'load'];

/** @param dataDirectory private to one cluster */
export function environmentOn(dataDirectory: string): NodeJS.ProcessEnv {
  return { ...process.env, SWITCHYARD_DATA: dataDirectory, KUBECONFIG: join(dataDirectory, 'none') };
}

/** Makes the app's cluster of kind. */
export async function makeByApp(dataDirectory: string): Promise<void> {
  await app(dataDirectory, 'create');
}

export async function deleteByApp(dataDirectory: string): Promise<void> {
  await app(dataDirectory, 'delete');
}

async function app(dataDirectory: string, deed: 'create' | 'delete'): Promise<void> {
  await execa(process.execPath, [CLI, 'cluster', deed, '--provider', 'kind'], {
    env: environmentOn(dataDirectory),
    extendEnv: false,
    stdin: 'ignore',
  });
}

/** How long the app's steps took, of the one cluster that was made with this data folder. */
function stepTimes(dataDirectory: string): Record<string, number> {
  const { kind = {} } = JSON.parse(readFileSync(join(dataDirectory, 'step-times.json'), 'utf8')) as {
    kind?: Record<string, number[]>;
  };
  return Object.fromEntries(Object.entries(kind).map(([step, [ms = 0]]) => [step, ms]));
}

/**
 * The app's `cluster create --provider kind` against `kind create cluster` with the same node image and the same
 * configuration, in turn. Bare kind is done before its nodes are Ready, so that both ends of it are measured.
 */
export async function benchMaking(runs: number, scratch: string, image: string): Promise<Figure[]> {
  const bare: number[] = [];
  const bareReady: number[] = [];
  const whole: number[] = [];
  const images: number[] = [];
  const addOns: number[] = [];
  const rest: number[] = [];
  for (let run = 0; run < runs; run++) {
    const folder = join(scratch, `bare-${run}`);
    mkdirSync(folder);
    const { made, ready } = await makeBare(folder, image);
    bare.push(made);
    bareReady.push(made + ready);

    const data = join(scratch, `made-${run}`);
    const took = await timed(() => makeByApp(data));
    await deleteByApp(data);
    const steps = stepTimes(data);
    const loading = IMAGE_STEPS.reduce((sum, step) => sum + (steps[step] ?? 0), 0);
    whole.push(took);
    images.push(loading);
    addOns.push(steps['ingress'] ?? 0);
    rest.push(took - loading - (steps['ingress'] ?? 0));
  }
  const ratio = (to: readonly number[]): number[] => to.map((ms, run) => ms / (bareReady[run] ?? NaN));
  const figure = (name: string, values: number[], goal = '–', unit: Figure['unit'] = 'ms'): Figure => ({
    name,
    unit,
    goal,
    values,
  });
  const withoutImages = whole.map((ms, run) => ms - (images[run] ?? 0));
  return [
    figure('kind create cluster, until it ends', bare),
    figure('kind create cluster, until all is Ready', bareReady),
    figure('switchyard cluster create', whole),
    figure('  of that, images', images),
    figure('  of that, load balancer and Ingress', addOns),
    figure('  of that, all else', rest),
    figure('without images, to bare kind until Ready', ratio(withoutImages), '≤ 1.02', '×'),
    figure('without images and Ingress, to the same', ratio(rest), '≤ 1.02', '×'),
  ];
}

async function makeBare(folder: string, image: string): Promise<{ made: number; ready: number }> {
  const ports = await chooseHostPorts(2);
  if (ports === undefined) throw new Error('There are no free ports for a cluster.');
  const config = join(folder, 'kind.yaml');
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(config, kindConfig({ ports, proxyMode: 'iptables' }));
  const kind = (...args: string[]) =>
    execa('kind', [...args, '--name', BARE, '--kubeconfig', kubeconfig], { stdin: 'ignore' });
  try {
    const made = await timed(() => kind('create', 'cluster', '--image', image, '--config', config));
    const kube = createKubeClient(readFileSync(kubeconfig, 'utf8'));
    const signal = AbortSignal.timeout(300_000);
    const ready = await timed(() =>
      waitUntilReady(kube, { clock: systemClock, signal, deadlineMs: 300_000, needs: { nodes: 'all' } }),
    );
    await kube.close();
    return { made, ready };
  } finally {
    await kind('delete', 'cluster');
  }
}
