import type { ClusterApi } from '../api/cluster-api.ts';
import type { DaemonSet, NewObject } from '../api/objects.ts';
import { CONFIG_MAPS, DAEMON_SETS, SERVICE_ACCOUNTS } from '../api/resources.ts';
import { KINDNET_IMAGE, KUBE_PROXY_IMAGE, SYSTEM_NAMESPACE, type SystemPodSpec } from './components.ts';

/**
 * Creates what runs on every node: kube-proxy with its configuration (kubeadm) and kindnet (kind's network
 * plug-in). What exists already stays as it is.
 */
export function ensureDaemons(api: ClusterApi, controlPlane: string): void {
  for (const name of ['kube-proxy', 'kindnet'])
    if (api.get(SERVICE_ACCOUNTS, SYSTEM_NAMESPACE, name) === undefined)
      api.create(SERVICE_ACCOUNTS, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { namespace: SYSTEM_NAMESPACE, name },
      });
  if (api.get(CONFIG_MAPS, SYSTEM_NAMESPACE, 'kube-proxy') === undefined)
    api.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: SYSTEM_NAMESPACE, name: 'kube-proxy', labels: { app: 'kube-proxy' } },
      data: { 'config.conf': PROXY_CONFIGURATION, 'kubeconfig.conf': proxyKubeconfig(controlPlane) },
    });
  for (const daemon of [kubeProxy(), kindnet()])
    if (api.get(DAEMON_SETS, SYSTEM_NAMESPACE, daemon.metadata.name ?? '') === undefined)
      api.create(DAEMON_SETS, daemon);
}

function daemonSet(
  name: string,
  labels: Record<string, string>,
  selector: string,
  daemon: SystemPodSpec,
): NewObject<DaemonSet> {
  const spec: SystemPodSpec = {
    hostNetwork: true,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    priorityClassName: 'system-node-critical',
    serviceAccountName: name,
    tolerations: [{ operator: 'Exists' }],
    ...daemon,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: SYSTEM_NAMESPACE, name, labels },
    spec: {
      selector: { matchLabels: { [selector]: name } },
      template: {
        metadata: { labels },
        spec,
      },
    },
    status: {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    },
  };
}

function kubeProxy(): NewObject<DaemonSet> {
  return daemonSet('kube-proxy', { 'k8s-app': 'kube-proxy' }, 'k8s-app', {
    containers: [
      {
        name: 'kube-proxy',
        image: KUBE_PROXY_IMAGE,
        imagePullPolicy: 'IfNotPresent',
        command: [
          '/usr/local/bin/kube-proxy',
          '--config=/var/lib/kube-proxy/config.conf',
          '--hostname-override=$(NODE_NAME)',
        ],
        env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
        securityContext: { privileged: true },
        volumeMounts: [
          { name: 'kube-proxy', mountPath: '/var/lib/kube-proxy' },
          { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
          { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'kube-proxy', configMap: { name: 'kube-proxy' } },
      { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
      { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
    ],
  });
}

function kindnet(): NewObject<DaemonSet> {
  const labels = { tier: 'node', app: 'kindnet', 'k8s-app': 'kindnet' };
  const ofPod = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return daemonSet('kindnet', labels, 'app', {
    containers: [
      {
        name: 'kindnet-cni',
        image: KINDNET_IMAGE,
        env: [
          ofPod('HOST_IP', 'status.hostIP'),
          ofPod('POD_IP', 'status.podIP'),
          { name: 'POD_SUBNET', value: '10.244.0.0/16' },
        ],
        resources: { requests: { cpu: '100m', memory: '50Mi' } },
        securityContext: { privileged: false, capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } },
        volumeMounts: [
          { name: 'cni-cfg', mountPath: '/etc/cni/net.d' },
          { name: 'xtables-lock', mountPath: '/run/xtables.lock' },
          { name: 'lib-modules', mountPath: '/lib/modules', readOnly: true },
          { name: 'nri-plugin', mountPath: '/var/run/nri' },
        ],
      },
    ],
    volumes: [
      { name: 'cni-cfg', hostPath: { path: '/etc/cni/net.d' } },
      { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
      { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
      { name: 'nri-plugin', hostPath: { path: '/var/run/nri' } },
    ],
  });
}

const PROXY_CONFIGURATION = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection:
  acceptContentTypes: ""
  burst: 0
  contentType: ""
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
  qps: 0
clusterCIDR: 10.244.0.0/16
configSyncPeriod: 0s
conntrack:
  maxPerCore: 0
  min: null
  tcpBeLiberal: false
  tcpCloseWaitTimeout: null
  tcpEstablishedTimeout: null
  udpStreamTimeout: 0s
  udpTimeout: 0s
detectLocal:
  bridgeInterface: ""
  interfaceNamePrefix: ""
detectLocalMode: ""
enableProfiling: false
healthzBindAddress: ""
hostnameOverride: ""
iptables:
  localhostNodePorts: null
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 1s
  syncPeriod: 0s
ipvs:
  excludeCIDRs: null
  minSyncPeriod: 0s
  scheduler: ""
  strictARP: false
  syncPeriod: 0s
  tcpFinTimeout: 0s
  tcpTimeout: 0s
  udpTimeout: 0s
kind: KubeProxyConfiguration
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
    text:
      infoBufferSize: "0"
  verbosity: 0
metricsBindAddress: ""
mode: iptables
nftables:
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
nodePortAddresses: null
oomScoreAdj: null
portRange: ""
showHiddenMetricsForVersion: ""
winkernel:
  enableDSR: false
  forwardHealthCheckVip: false
  networkName: ""
  rootHnsEndpointName: ""
  sourceVip: ""`;

function proxyKubeconfig(controlPlane: string): string {
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    server: https://${controlPlane}:6443
  name: default
contexts:
- context:
    cluster: default
    namespace: default
    user: default
  name: default
current-context: default
users:
- name: default
  user:
    tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token`;
}
