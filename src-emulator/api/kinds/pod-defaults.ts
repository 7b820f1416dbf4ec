/** Defaults of pods and pod templates (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go). */
import type { Probe } from '../objects.ts';
import { roundUpAmounts } from '../validation/quantity.ts';
import type { DownwardApiItem, FullContainer, FullPodSpec, FullProbe, FullVolume } from './pod-spec-types.ts';

/** 0644, the mode of files that come from volumes. */
const FILE_MODE = 420;

/** What defaulting gives every pod specification, in a Pod as in a template. */
export function defaultPodSpec(spec: FullPodSpec): void {
  spec.dnsPolicy = spec.dnsPolicy ?? 'ClusterFirst';
  spec.restartPolicy = spec.restartPolicy ?? 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ??= 'default-scheduler';
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
  else if (spec.serviceAccount !== undefined) spec.serviceAccountName = spec.serviceAccount;
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const key of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const container of spec[key] ?? []) defaultContainer(container);
  // Restart rules of ordinary containers are behind a feature gate that is off; the server drops them.
  for (const container of spec.containers) delete container.restartPolicy;
  if (spec.hostNetwork === true)
    for (const container of [...(spec.initContainers ?? []), ...spec.containers])
      for (const port of container.ports ?? []) port.hostPort ??= port.containerPort;
}

/** What defaulting gives Pods alone. */
export function defaultPod(spec: FullPodSpec): void {
  for (const { resources } of [...(spec.initContainers ?? []), ...spec.containers])
    if (resources?.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests };
  spec.enableServiceLinks ??= true;
  // Of a Pod the server mends this without a word; of a template it keeps it.
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
}

function defaultContainer(container: FullContainer): void {
  container.imagePullPolicy ??= isLatest(container.image) ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  roundUpAmounts(container.resources.limits);
  roundUpAmounts(container.resources.requests);
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? [])
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ??= 'v1';
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
    if (probe !== undefined) defaultProbe(probe);
  for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop])
    if (handler?.httpGet !== undefined) defaultHttpGet(handler.httpGet);
}

/** True when an image has no tag and no digest, or the tag `latest`. */
function isLatest(image: string | undefined): boolean {
  if (image === undefined || image.includes('@')) return false;
  const tag = /:([\w][\w.-]*)$/.exec(image.slice(image.lastIndexOf('/') + 1))?.[1];
  return tag === undefined || tag === 'latest';
}

function defaultProbe(probe: FullProbe): void {
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (probe.httpGet !== undefined) defaultHttpGet(probe.httpGet);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
}

function defaultHttpGet(action: NonNullable<Probe['httpGet']>): void {
  action.path ??= '/';
  action.scheme ??= 'HTTP';
}

function defaultVolume(volume: FullVolume): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  for (const source of [volume.configMap, volume.secret, volume.projected, volume.downwardAPI])
    if (source !== undefined) source.defaultMode ??= FILE_MODE;
  if (volume.hostPath !== undefined) volume.hostPath.type ??= '';
  defaultItems(volume.downwardAPI?.items);
  for (const source of volume.projected?.sources ?? []) {
    defaultItems(source.downwardAPI?.items);
    if (source.serviceAccountToken !== undefined) source.serviceAccountToken.expirationSeconds ??= 3600;
  }
}

function defaultItems(items: DownwardApiItem[] = []): void {
  for (const { fieldRef } of items) if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1';
}
