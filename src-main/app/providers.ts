import { join } from 'node:path';
import { runCommand } from '../command/run.ts';
import { preferredEngine } from '../engine/choice.ts';
import { presentHost } from '../host/host.ts';
import { createKubeClient } from '../kube/client.ts';
import { systemClock } from '../kube/time.ts';
import { dataFolderCheck } from '../preflight/checks/data-folder.ts';
import { containerChecks, emulatedChecks, existingChecks } from '../preflight/lists.ts';
import { CLUSTER_NAME } from '../providers/cluster-name.ts';
import { ContainerProvider } from '../providers/container/container-provider.ts';
import { isPortFree } from '../providers/container/ports.ts';
import { ContainerRecords } from '../providers/container/record.ts';
import type { ClusterTool } from '../providers/container/tool.ts';
import { EmulatedProvider } from '../providers/emulated/index.ts';
import type { ClusterLauncher } from '../providers/emulated/launcher.ts';
import { ExistingProvider } from '../providers/existing/index.ts';
import type { LabSpace } from '../providers/existing/lab-space.ts';
import { k3dTool } from '../providers/k3d/tool.ts';
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
  /** The room that labs want of a cluster that exists. */
  labSpaces: readonly LabSpace[];
  /** A kubeconfig file to offer, beside the user's own. */
  kubeconfig?: string | undefined;
  env?: Readonly<Record<string, string | undefined>>;
}

/** The tools that make clusters of containers, and so take images. */
export function clusterTools(env: Readonly<Record<string, string | undefined>> = process.env): ClusterTool[] {
  return [kindTool(env['SWITCHYARD_NODE_IMAGE'] || undefined), k3dTool()];
}

/** The providers of a data folder, as every host and the command line use them. */
export function createProviders(options: ProviderOptions): Provider[] {
  const { dataDirectory, env = process.env } = options;
  const connect = createKubeClient;
  const stepTimes = new StepTimes(dataDirectory);
  const host = presentHost(env);
  const dataFolder = dataFolderCheck(dataDirectory);
  const container = (tool: ClusterTool): Provider => {
    const directory = join(dataDirectory, tool.id);
    const provider: Provider = new ContainerProvider({
      tool,
      directory,
      logDirectory: join(dataDirectory, 'logs'),
      run: runCommand,
      connect,
      labImages: options.labImages,
      stepTimes,
      system: host.system,
      preferredEngine: preferredEngine(env),
      isPortFree,
      clock: systemClock,
      checks: () => [
        ...containerChecks({
          tool,
          host,
          clusterName: CLUSTER_NAME,
          records: new ContainerRecords(directory),
          labImages: options.labImages,
          isPortFree,
          leftovers: () => provider.leftovers(),
          deleteCluster: (name) => provider.delete(name),
        }),
        dataFolder,
      ],
    });
    return provider;
  };
  return [
    new EmulatedProvider({
      directory: join(dataDirectory, 'clusters'),
      launch: options.launchCluster,
      startedBy: options.startedBy,
      connect,
      checks: [...emulatedChecks(host), dataFolder],
    }),
    ...clusterTools(env).map(container),
    new ExistingProvider({
      directory: join(dataDirectory, 'existing'),
      kubeconfig: options.kubeconfig,
      env,
      labs: options.labSpaces,
      connect,
      checks: existingChecks(host, options.kubeconfig),
    }),
  ];
}
