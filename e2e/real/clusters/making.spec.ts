import { execa } from 'execa';
import { readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { expect, test } from '@playwright/test';
import { Installation } from '../../app.ts';
import { clusters, ENGINE_ENVIRONMENT, nodesOf, OwnCluster, type Container } from '../engine.ts';

/** Clusters made, given up and found again with the real kind, by the command line. */

/** A cluster that the user made, and that must be as it was at the end of everything. */
let own: OwnCluster;
let ownNodes: Container[];
let installed: Installation;

test.beforeAll(async () => {
  own = await OwnCluster.make('of-the-user');
  ownNodes = await own.nodes();
});
test.afterAll(() => own.delete());
test.beforeEach(() => {
  installed = new Installation(ENGINE_ENVIRONMENT);
});
test.afterEach(async () => {
  await installed.cli('cluster', 'delete', '--provider', 'kind');
  installed.remove();
  expect(await own.nodes()).toEqual(ownNodes);
});

const CREATE = ['cluster', 'create', '--provider', 'kind'];
/** The beginning of each step's line, in order. */
const STEPS = [
  'Fetching the images',
  'Starting the nodes',
  'Starting the control plane',
  'Joining the workers',
  'Loading the images',
  'Waiting for nodes and DNS',
  'Setting up Ingress',
];

/** Starts the making of a cluster, and resolves as soon as it says that a step has begun. */
async function makeUntil(step: string): Promise<{ stop(signal: NodeJS.Signals): Promise<number | null> }> {
  const child = installed.spawn(...CREATE);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr ?? Readable.from([]) })) {
    said.push(line);
    if (!line.startsWith(`• ${step}`)) continue;
    child.stderr?.resume();
    return {
      stop: (signal) => {
        child.kill(signal);
        return ended;
      },
    };
  }
  throw new Error(`it never came to "${step}":\n${said.join('\n')}`);
}

test('a cluster is made, found again, and deleted, with nothing left', async () => {
  const made = await installed.cli(...CREATE, '--json');
  expect(made).toMatchObject({ status: 0, err: '' });
  const { server, kubeconfigPath } = JSON.parse(made.out) as {
    server: { nodes: number };
    kubeconfigPath: string;
  };
  expect(server.nodes).toBe(3);
  const { stdout } = await execa('kubectl', ['--kubeconfig', kubeconfigPath, 'get', 'nodes', '--no-headers']);
  expect(stdout.split('\n').filter((line) => / Ready /.test(line))).toHaveLength(3);
  // The user's own kubeconfig is not there, and nobody made one.
  expect(readdirSync(installed.home)).toEqual([]);

  const again = await installed.cli(...CREATE, '--json');
  expect(JSON.parse(again.out)).toMatchObject({ kubeconfigPath });
  expect(await nodesOf('switchyard')).toHaveLength(3);

  expect((await installed.cli('cluster', 'delete', '--provider', 'kind')).status).toBe(0);
  expect(await nodesOf('switchyard')).toEqual([]);
  expect((await installed.cli('cluster', 'list', '--json')).out).toBe('{"clusters":[]}');
});

for (const step of STEPS)
  test(`given up while it says "${step}", nothing is left`, async () => {
    const making = await makeUntil(step);
    expect(await making.stop('SIGINT')).toBe(2);
    expect(await nodesOf('switchyard')).toEqual([]);
    expect((await installed.cli('cluster', 'list', '--json')).out).toBe('{"clusters":[]}');
  });

for (const step of STEPS)
  test(`killed while it says "${step}", what is left is found and deleted`, async () => {
    const making = await makeUntil(step);
    await making.stop('SIGKILL');
    // While images are fetched, there is nothing of it yet.
    const found = step === STEPS[0] ? /No clusters|Half-made/ : /switchyard +kind +Half-made/;
    expect((await installed.cli('cluster', 'list')).out).toMatch(found);
    expect((await installed.cli('cluster', 'delete', '--provider', 'kind')).status).toBe(0);
    expect(await nodesOf('switchyard')).toEqual([]);
    // Nor does anything go on in the background that makes it again.
    expect(await clusters()).not.toContain('switchyard');
  });

test('what an interrupted attempt left gives way to the next one', async () => {
  const making = await makeUntil('Joining the workers');
  await making.stop('SIGKILL');
  const left = await nodesOf('switchyard');
  expect((await installed.cli(...CREATE)).status).toBe(0);
  const now = await nodesOf('switchyard');
  expect(now).toHaveLength(3);
  expect(now.filter(({ id }) => left.some((before) => before.id === id))).toEqual([]);
});

test('a name that somebody else has taken is left alone, and another one is used', async () => {
  const foreign = await OwnCluster.make('switchyard');
  const before = await foreign.nodes();
  try {
    expect((await installed.cli(...CREATE)).status).toBe(0);
    expect(await nodesOf('switchyard-2')).toHaveLength(3);
    expect((await installed.cli('cluster', 'delete', '--provider', 'kind')).status).toBe(0);
    expect(await nodesOf('switchyard-2')).toEqual([]);
    expect(await foreign.nodes()).toEqual(before);
  } finally {
    await foreign.delete();
  }
});

test('ports that are taken are left to whoever has them', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(8080, '127.0.0.1', resolve));
  try {
    expect((taken.address() as AddressInfo).port).toBe(8080);
    const made = await installed.cli(...CREATE, '--json');
    expect(made.status).toBe(0);
    expect(
      (JSON.parse(made.out) as { reach: { ingress: { http: string } } }).reach.ingress.http,
    ).not.toContain(':8080');
  } finally {
    taken.close();
  }
});
