import type { ClusterApi } from '../api/cluster-api.ts';
import type { CertificateAndKey } from '../api/credentials.ts';
import type { Clock } from '../clock.ts';
import { startCertificateApprovingController, type MayRequest } from './certificates/approving.ts';
import { startCertificateSigningController } from './certificates/signing.ts';
import { startClusterRoleAggregationController } from './clusterrole-aggregation.ts';
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
import { startHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { startLeaderLeases } from './leader-leases.ts';
import { startJobController } from './job/job.ts';
import { startNamespaceController, type FinalizeNamespace } from './namespace.ts';
import { startPersistentVolumeBinder } from './persistent-volume/binder.ts';
import { startVolumeProtection } from './persistent-volume/protection.ts';
import { startLocalPathProvisioner } from './persistent-volume/provisioner.ts';
import { startReplicaSetController, startReplicationController } from './replica-set.ts';
import { startStatefulSetController } from './stateful-set/stateful-set.ts';
import { startScheduler, type BindPod } from './scheduler.ts';
import { startServiceCidrController } from './service-cidr.ts';
import { startServiceIpAddresses } from './service-ip-addresses.ts';
import { startResourceQuotaController } from './resource-quota.ts';
import { startRootCaPublisher, startServiceAccountController } from './service-account.ts';
import { startTokensController, type SecretTokens } from './tokens.ts';
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
  /** Signs the token of a Secret that asks for one; left out, such Secrets stay empty. */
  issueForSecret?: SecretTokens['issueForSecret'];
  /** Name of the node that the control plane is on, for its Leases; left out, there are none. */
  controlPlane?: string;
  /** What certificates are signed with, and who may have those of kubelets; left out, requests stay open. */
  certificates?: { authority: CertificateAndKey; mayRequest: MayRequest };
}

/** Starts kube-controller-manager's controllers and kube-scheduler. Disposing stops them; nothing is undone. */
export function startControllers({
  api,
  schedulerApi = api,
  clock,
  bindPod,
  finalizeNamespace,
  caCertificate,
  issueForSecret,
  controlPlane,
  certificates,
}: ControllersOptions): Disposable {
  const context = { api, clock };
  return disposeAll([
    startNamespaceController({ ...context, finalizeNamespace }),
    startServiceAccountController(context),
    ...(caCertificate === undefined ? [] : [startRootCaPublisher(context, caCertificate)]),
    ...(caCertificate === undefined || issueForSecret === undefined
      ? []
      : [startTokensController(context, { caCertificate, issueForSecret })]),
    ...(controlPlane === undefined ? [] : [startLeaderLeases(context, controlPlane)]),
    ...(certificates === undefined
      ? []
      : [
          startCertificateApprovingController(context, certificates.mayRequest),
          startCertificateSigningController(context, certificates.authority),
        ]),
    startClusterRoleAggregationController(context),
    startDeploymentController(context),
    startReplicaSetController(context),
    startReplicationController(context),
    startStatefulSetController(context),
    startDaemonSetController(context),
    startJobController(context),
    startCronJobController(context),
    startTtlAfterFinished(context),
    startDisruptionController(context),
    startResourceQuotaController(context),
    startHorizontalPodAutoscaler(context),
    startPersistentVolumeBinder(context),
    startLocalPathProvisioner(context),
    startVolumeProtection(context),
    startEndpointsController(context),
    startEndpointSliceController(context),
    startEndpointSliceMirroringController(context),
    startGarbageCollector(context),
    startScheduler({ api: schedulerApi, clock, bindPod }),
    startEventTtl(context),
    startServiceIpAddresses(context),
    startServiceCidrController(context),
  ]);
}
