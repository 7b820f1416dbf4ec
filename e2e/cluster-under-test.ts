import { execa } from 'execa';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE, ENGINE_ENVIRONMENT, nodesOf } from './real/engine.ts';

/**
 * The kind of cluster that the tests of the whole product run on: `SWITCHYARD_E2E_CLUSTER`, the built-in one without.
 * What they say of it is the same.
 */
interface ClusterUnderTest {
  provider: 'emulated' | 'kind';
  /** A data folder whose cluster outlives a test, where making one takes minutes. Without, each test has its own. */
  sharedData: string | undefined;
  /** Beside what every user has. */
  environment: Record<string, string>;
  /** Where the private kubeconfig is, in the data folder. */
  kubeconfig: string;
  /** What the page calls it. */
  title(dataDirectory: string): string;
  /** Ends the cluster without a chance to tidy up. */
  kill(dataDirectory: string): Promise<void>;
}

const EMULATED: ClusterUnderTest = {
  provider: 'emulated',
  sharedData: undefined,
  environment: {},
  kubeconfig: join('clusters', 'switchyard', 'kubeconfig'),
  title: () => 'switchyard',
  kill: (dataDirectory) => {
    const file = join(dataDirectory, 'clusters', 'switchyard', 'process.json');
    process.kill((JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid, 'SIGKILL');
    return Promise.resolve();
  },
};

const KIND: ClusterUnderTest = {
  provider: 'kind',
  sharedData: process.env['SWITCHYARD_E2E_DATA'],
  environment: ENGINE_ENVIRONMENT,
  kubeconfig: join('kind', 'switchyard', 'kubeconfig'),
  title: kindNameOf,
  kill: async (dataDirectory) => {
    const nodes = await nodesOf(kindNameOf(dataDirectory));
    await execa(ENGINE, ['kill', ...nodes.map(({ id }) => id)]);
  },
};

/** The name that kind knows it by: another one where somebody else's cluster is called `switchyard`. */
function kindNameOf(dataDirectory: string): string {
  const record = readFileSync(join(dataDirectory, 'kind', 'switchyard', 'cluster.json'), 'utf8');
  return (JSON.parse(record) as { cluster: string }).cluster;
}

export const CLUSTER_UNDER_TEST = chosen(process.env['SWITCHYARD_E2E_CLUSTER'] ?? 'emulated');

function chosen(id: string): ClusterUnderTest {
  const cluster = [EMULATED, KIND].find(({ provider }) => provider === id);
  if (cluster === undefined)
    throw new Error(`SWITCHYARD_E2E_CLUSTER is "${id}": it can be emulated or kind.`);
  return cluster;
}

/** Makes a data folder as good as new, except that its cluster is kept: nothing in it is left of labs. */
export async function clearExceptCluster(dataDirectory: string, kubeconfig: string): Promise<void> {
  const [keep] = CLUSTER_UNDER_TEST.kubeconfig.split('/');
  for (const name of readdirSync(dataDirectory))
    if (name !== keep) rmSync(join(dataDirectory, name), { recursive: true, force: true });
  const kubectl = (...args: string[]): Promise<unknown> =>
    execa('kubectl', ['--kubeconfig', kubeconfig, ...args], { reject: false });
  await kubectl('delete', 'namespace', '--selector', 'switchyard.dev/lab', '--timeout', '120s');
}
