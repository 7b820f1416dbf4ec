import type { Container, PodSpec } from '../api/objects.ts';

/** What kubeadm and kind 0.33 run on the nodes of a cluster with Kubernetes 1.34.4, besides CoreDNS. */
export const SYSTEM_NAMESPACE = 'kube-system';
const KUBERNETES = 'v1.34.4';

export const KUBE_PROXY_IMAGE = `registry.k8s.io/kube-proxy:${KUBERNETES}`;
export const KINDNET_IMAGE = 'docker.io/kindest/kindnetd:v20260820-69b56db7';

/** What the pods of the system ask for beyond what the emulator itself reads. */
export type SystemPodSpec = Omit<PodSpec, 'containers'> & {
  containers: (Container & { securityContext?: Record<string, unknown> })[];
  priorityClassName?: string;
  securityContext?: Record<string, unknown>;
};

/** A part of the control plane, which its node's kubelet runs from a file. */
export interface ControlPlaneComponent {
  name: string;
  image: string;
  /** Everything after the program's name on its command line. */
  args(node: { name: string; address: string }): string[];
  requests: Record<string, string>;
  port: number;
  /** Folders of the node that it sees. */
  folders: { name: string; path: string }[];
  annotations?(node: { address: string }): Record<string, string>;
}

const PKI = '/etc/kubernetes/pki';
const CERTIFICATES = [
  { name: 'ca-certs', path: '/etc/ssl/certs' },
  { name: 'etc-ca-certificates', path: '/etc/ca-certificates' },
  { name: 'k8s-certs', path: PKI },
  { name: 'usr-local-share-ca-certificates', path: '/usr/local/share/ca-certificates' },
  { name: 'usr-share-ca-certificates', path: '/usr/share/ca-certificates' },
];

/** In the order in which `kubectl get pods` shows them. */
export const CONTROL_PLANE: ControlPlaneComponent[] = [
  {
    name: 'etcd',
    image: 'registry.k8s.io/etcd:3.6.5-0',
    args: ({ name, address }) => [
      `--advertise-client-urls=https://${address}:2379`,
      `--cert-file=${PKI}/etcd/server.crt`,
      '--client-cert-auth=true',
      '--data-dir=/var/lib/etcd',
      '--feature-gates=InitialCorruptCheck=true',
      `--initial-advertise-peer-urls=https://${address}:2380`,
      `--initial-cluster=${name}=https://${address}:2380`,
      `--key-file=${PKI}/etcd/server.key`,
      `--listen-client-urls=https://127.0.0.1:2379,https://${address}:2379`,
      '--listen-metrics-urls=http://127.0.0.1:2381',
      `--listen-peer-urls=https://${address}:2380`,
      `--name=${name}`,
      `--peer-cert-file=${PKI}/etcd/peer.crt`,
      '--peer-client-cert-auth=true',
      `--peer-key-file=${PKI}/etcd/peer.key`,
      `--peer-trusted-ca-file=${PKI}/etcd/ca.crt`,
      '--snapshot-count=10000',
      `--trusted-ca-file=${PKI}/etcd/ca.crt`,
      '--watch-progress-notify-interval=5s',
    ],
    requests: { cpu: '100m', memory: '100Mi' },
    port: 2381,
    folders: [
      { name: 'etcd-certs', path: `${PKI}/etcd` },
      { name: 'etcd-data', path: '/var/lib/etcd' },
    ],
    annotations: ({ address }) => ({
      'kubeadm.kubernetes.io/etcd.advertise-client-urls': `https://${address}:2379`,
    }),
  },
  {
    name: 'kube-apiserver',
    image: `registry.k8s.io/kube-apiserver:${KUBERNETES}`,
    args: ({ address }) => [
      `--advertise-address=${address}`,
      '--allow-privileged=true',
      '--authorization-mode=Node,RBAC',
      `--client-ca-file=${PKI}/ca.crt`,
      '--enable-admission-plugins=NodeRestriction',
      '--enable-bootstrap-token-auth=true',
      `--etcd-cafile=${PKI}/etcd/ca.crt`,
      `--etcd-certfile=${PKI}/apiserver-etcd-client.crt`,
      `--etcd-keyfile=${PKI}/apiserver-etcd-client.key`,
      '--etcd-servers=https://127.0.0.1:2379',
      `--kubelet-client-certificate=${PKI}/apiserver-kubelet-client.crt`,
      `--kubelet-client-key=${PKI}/apiserver-kubelet-client.key`,
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      `--proxy-client-cert-file=${PKI}/front-proxy-client.crt`,
      `--proxy-client-key-file=${PKI}/front-proxy-client.key`,
      '--requestheader-allowed-names=front-proxy-client',
      `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-username-headers=X-Remote-User',
      '--secure-port=6443',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${PKI}/sa.pub`,
      `--service-account-signing-key-file=${PKI}/sa.key`,
      '--service-cluster-ip-range=10.96.0.0/16',
      `--tls-cert-file=${PKI}/apiserver.crt`,
      `--tls-private-key-file=${PKI}/apiserver.key`,
      '--runtime-config=',
    ],
    requests: { cpu: '250m' },
    port: 6443,
    folders: CERTIFICATES,
    annotations: ({ address }) => ({
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': `${address}:6443`,
    }),
  },
  {
    name: 'kube-controller-manager',
    image: `registry.k8s.io/kube-controller-manager:${KUBERNETES}`,
    args: ({ name }) => [
      '--allocate-node-cidrs=true',
      '--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--bind-address=127.0.0.1',
      `--client-ca-file=${PKI}/ca.crt`,
      '--cluster-cidr=10.244.0.0/16',
      `--cluster-name=${name.replace(/-control-plane$/, '')}`,
      `--cluster-signing-cert-file=${PKI}/ca.crt`,
      `--cluster-signing-key-file=${PKI}/ca.key`,
      '--controllers=*,bootstrapsigner,tokencleaner',
      '--kubeconfig=/etc/kubernetes/controller-manager.conf',
      '--leader-elect=true',
      `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`,
      `--root-ca-file=${PKI}/ca.crt`,
      `--service-account-private-key-file=${PKI}/sa.key`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--use-service-account-credentials=true',
      '--enable-hostpath-provisioner=true',
    ],
    requests: { cpu: '200m' },
    port: 10257,
    folders: [
      ...CERTIFICATES.slice(0, 2),
      { name: 'flexvolume-dir', path: '/usr/libexec/kubernetes/kubelet-plugins/volume/exec' },
      ...CERTIFICATES.slice(2),
    ],
  },
  {
    name: 'kube-scheduler',
    image: `registry.k8s.io/kube-scheduler:${KUBERNETES}`,
    args: () => [
      '--authentication-kubeconfig=/etc/kubernetes/scheduler.conf',
      '--authorization-kubeconfig=/etc/kubernetes/scheduler.conf',
      '--bind-address=127.0.0.1',
      '--kubeconfig=/etc/kubernetes/scheduler.conf',
      '--leader-elect=true',
    ],
    requests: { cpu: '100m' },
    port: 10259,
    folders: [],
  },
];
