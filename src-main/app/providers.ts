import { release } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../command/run.ts';
import { ENGINES, type EngineId } from '../engine/engine-id.ts';
import { operatingSystemOf } from '../host/platform.ts';
import { createKubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/time.ts';
import { dataFolderCheck } from '../preflight/checks/data-folder.ts';
import { ContainerProvider } from '../providers/container/container-provider.ts';
import { isPortFree } from '../providers/container/ports.ts';
import type { ClusterTool } from '../providers/container/tool.ts';
import { EmulatedProvider } from '../providers/emulated/index.ts';
import type { ClusterLauncher } from '../providers/emulated/launcher.ts';
import { ExistingProvider } from '../providers/existing.ts';
import { kindTool } from '../providers/kind/tool.ts';
import type { Provider } from '../providers/provider.ts';
import { StepTimes } from '../providers/step-times.ts';

export interface ProviderOptions {
  dataDirectory: string;
  launchCluster: ClusterLauncher;
  /** On whose behalf clusters are made. */
  startedBy: 'app' | 'cli';
  /** Every image that labs run. */
  labImages: readonly string[];
  /** A kubeconfig file to offer, beside the user's own. */
  kubeconfig?: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
}

/** The tools that make clusters of containers, and so take images. */
export function clusterTools(env: Readonly<Record<string, string | undefined>> = process.env): ClusterTool[] {
  return [kindTool(env['SWITCHYARD_NODE_IMAGE'])];
}

/** The engine that the user insists on, as kind's own variable says it; undefined when it names none of ours. */
export function preferredEngine(
  env: Readonly<Record<string, string | undefined>> = process.env,
): EngineId | undefined {
  return ENGINES.find((engine) => engine === env['KIND_EXPERIMENTAL_PROVIDER']);
}

/** The providers of a data folder, as every host and the command line use them. */
export function createProviders(options: ProviderOptions): Provider[] {
  const { dataDirectory, env = process.env } = options;
  const connect = createKubeClient;
  const stepTimes = new StepTimes(dataDirectory);
  const system = operatingSystemOf(process.platform, release());
  const container = (tool: ClusterTool): Provider =>
    new ContainerProvider({
      tool,
      directory: join(dataDirectory, tool.id),
      logDirectory: join(dataDirectory, 'logs'),
      run: runCommand,
      connect,
      labImages: options.labImages,
      stepTimes,
      system,
      preferredEngine: preferredEngine(env),
      isPortFree,
      clock: systemClock,
      checks: [dataFolderCheck(dataDirectory)],
    });
  return [
    new EmulatedProvider({
      directory: join(dataDirectory, 'clusters'),
      launch: options.launchCluster,
      startedBy: options.startedBy,
      connect,
      checks: [dataFolderCheck(dataDirectory)],
    }),
    ...clusterTools(env).map(container),
    new ExistingProvider(options.kubeconfig, connect),
  ];
}
