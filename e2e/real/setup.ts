import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Installation } from '../app.ts';
import { ENGINE_ENVIRONMENT, OwnCluster } from './engine.ts';

/**
 * What all tests of a run share: with `SWITCHYARD_E2E_CLUSTER` a data folder for the app's cluster, which the first
 * test that wants one makes; with `SWITCHYARD_REAL_PROVIDER=existing` a cluster, unless `SWITCHYARD_REAL_KUBECONFIG`
 * names one. Gives what deletes them again.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env['SWITCHYARD_REAL_PROVIDER'] === 'existing') {
    if (process.env['SWITCHYARD_REAL_KUBECONFIG'] !== undefined) return () => Promise.resolve();
    const given = await OwnCluster.make('switchyard-given', 2);
    process.env['SWITCHYARD_REAL_KUBECONFIG'] = given.kubeconfig;
    return () => given.delete();
  }
  if (process.env['SWITCHYARD_E2E_CLUSTER'] === undefined) return () => Promise.resolve();
  const data = mkdtempSync(join(tmpdir(), 'switchyard-e2e-data-'));
  process.env['SWITCHYARD_E2E_DATA'] = data;
  return async () => {
    const installed = new Installation(ENGINE_ENVIRONMENT, data);
    const { status, err } = await installed.cli('cluster', 'delete', '--provider', 'kind');
    if (status !== 0) throw new Error(`The cluster in ${data} could not be deleted. ${err}`);
    installed.remove();
    rmSync(data, { recursive: true, force: true });
  };
}
