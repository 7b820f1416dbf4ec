import type { ClusterApi } from '../api/cluster-api.ts';
import type { Clock } from '../clock.ts';
import { disposeAll } from './controller.ts';
import { startCronJobController } from './cron-job/cron-job.ts';
import { startDaemonSetController } from './daemon-set/daemon-set.ts';
import { startDeploymentController } from './deployment/deployment.ts';
import { startDisruptionController } from './disruption.ts';
import { startEndpointSliceMirroringController } from './endpoint-slice-mirroring.ts';
import { startEndpointSliceController } from './endpoint-slice.ts';
import { startEndpointsController } from './endpoints.ts';
import { startEventTtl } from './event-ttl.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import { startJobController } from './job/job.ts';
import { startNamespaceController, type FinalizeNamespace } from './namespace.ts';
import { startReplicaSetController, startReplicationController } from './replica-set.ts';
import { startStatefulSetController } from './stateful-set/stateful-set.ts';
import { startScheduler, type BindPod } from './scheduler.ts';
import { startServiceIpAddresses } from './service-ip-addresses.ts';
import { startRootCaPublisher, startServiceAccountController } from './service-account.ts';
import { startTtlAfterFinished } from './ttl-after-finished.ts';

export { bootstrapCluster, type NodeDescription } from './bootstrap.ts';

export interface ControllersOptions {
  api: ClusterApi;
  /** The API as the scheduler uses it. Default: `api`. */
  schedulerApi?: ClusterApi;
  clock: Clock;
  /** How the scheduler assigns a pod to a node. */
  bindPod: BindPod;
  /** How the namespace controller lets an empty namespace go. */
  finalizeNamespace: FinalizeNamespace;
  /** PEM of the cluster's certificate authority, for the ConfigMap kube-root-ca.crt; left out, there is none. */
  caCertificate?: string;
}

/** Starts kube-controller-manager's controllers and kube-scheduler. Disposing stops them; nothing is undone. */
export function startControllers({
  api,
  schedulerApi = api,
  clock,
  bindPod,
  finalizeNamespace,
  caCertificate,
}: ControllersOptions): Disposable {
  const context = { api, clock };
  return disposeAll([
    startNamespaceController({ ...context, finalizeNamespace }),
    startServiceAccountController(context),
    ...(caCertificate === undefined ? [] : [startRootCaPublisher(context, caCertificate)]),
    startDeploymentController(context),
    startReplicaSetController(context),
    startReplicationController(context),
    startStatefulSetController(context),
    startDaemonSetController(context),
    startJobController(context),
    startCronJobController(context),
    startTtlAfterFinished(context),
    startDisruptionController(context),
    startEndpointsController(context),
    startEndpointSliceController(context),
    startEndpointSliceMirroringController(context),
    startGarbageCollector(context),
    startScheduler({ api: schedulerApi, clock, bindPod }),
    startEventTtl(context),
    startServiceIpAddresses(context),
  ]);
}
