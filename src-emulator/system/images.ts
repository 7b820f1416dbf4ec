import { makeImage } from '../images/catalog/make-image.ts';
import type { Image, ProcessContext } from '../images/types.ts';
import { CONTROL_PLANE, KINDNET_IMAGE, KUBE_PROXY_IMAGE } from './components.ts';
import { etcdLine, klogLine } from './log-lines.ts';

/** What a program says when it starts. The first number of each entry are the milliseconds since then. */
type Opening = (context: ProcessContext) => [number, (now: number) => string][];

const klog =
  (source: string, message: string, severity: 'I' | 'W' | 'E' = 'I') =>
  (now: number): string =>
    klogLine(now, severity, source, message);
const etcd =
  (caller: string, message: string, fields: Record<string, unknown> = {}) =>
  (now: number): string =>
    etcdLine(now, caller, message, fields);

const GOLANG = '"Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""';
const WAITING = '"Waiting for caches to sync" controller=';
const SYNCED = '"Caches are synced" controller=';

const OPENINGS: Record<string, Opening> = {
  etcd: ({ network: { address } }) => [
    [0, etcd('etcdmain/etcd.go:64', 'Running: ', { args: ['etcd'] })],
    [
      8,
      etcd('embed/etcd.go:138', 'configuring peer listeners', {
        'listen-peer-urls': [`https://${address}:2380`],
      }),
    ],
    [20, etcd('etcdserver/server.go:421', 'starting etcd server', { 'local-server-version': '3.6.5' })],
    [90, etcd('embed/serve.go:103', 'ready to serve client requests')],
  ],
  'kube-apiserver': ({ network: { address } }) => [
    [0, klog('options.go:263', `external host was not specified, using ${address}`)],
    [1, klog('server.go:150', 'Version: v1.34.4')],
    [2, klog('server.go:152', GOLANG)],
    [300, klog('secure_serving.go:211', 'Serving securely on [::]:6443')],
    [310, klog('cache.go:39', 'Caches are synced for APIServiceRegistrationController controller')],
  ],
  'kube-controller-manager': () => [
    [0, klog('serving.go:386', 'Generated self-signed cert in-memory')],
    [40, klog('controllermanager.go:191', '"Starting" version="v1.34.4"')],
    [41, klog('controllermanager.go:193', GOLANG)],
    [60, klog('secure_serving.go:211', 'Serving securely on 127.0.0.1:10257')],
    [
      70,
      klog(
        'leaderelection.go:257',
        'attempting to acquire leader lease kube-system/kube-controller-manager...',
      ),
    ],
    [90, klog('leaderelection.go:271', 'successfully acquired lease kube-system/kube-controller-manager')],
    ...[
      'endpointslice-controller',
      'deployment-controller',
      'replicaset-controller',
      'namespace-controller',
      'garbage-collector-controller',
    ].map((name, index): [number, (now: number) => string] => [
      120 + index,
      klog('controllermanager.go:781', `"Started controller" controller="${name}"`),
    ]),
  ],
  'kube-scheduler': () => [
    [0, klog('serving.go:386', 'Generated self-signed cert in-memory')],
    [30, klog('server.go:175', '"Starting Kubernetes Scheduler" version="v1.34.4"')],
    [31, klog('server.go:177', GOLANG)],
    [40, klog('secure_serving.go:211', 'Serving securely on 127.0.0.1:10259')],
    [60, klog('leaderelection.go:257', 'attempting to acquire leader lease kube-system/kube-scheduler...')],
    [80, klog('leaderelection.go:271', 'successfully acquired lease kube-system/kube-scheduler')],
  ],
  'kube-proxy': ({ network: { address } }) => [
    [0, klog('shared_informer.go:349', `${WAITING}"node informer cache"`)],
    [20, klog('shared_informer.go:356', `${SYNCED}"node informer cache"`)],
    [21, klog('server.go:219', `"Successfully retrieved NodeIPs" NodeIPs=["${address}"]`)],
    [
      22,
      klog(
        'server.go:256',
        '"Kube-proxy configuration may be incomplete or incorrect" err="nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`"',
        'E',
      ),
    ],
    [30, klog('server_linux.go:132', '"Using iptables Proxier"')],
    [31, klog('server.go:527', '"Version info" version="v1.34.4"')],
    [32, klog('server.go:529', GOLANG)],
    ...['service config', 'endpoint slice config', 'node config', 'serviceCIDR config'].flatMap(
      (name, index): [number, (now: number) => string][] => [
        [40 + index, klog('shared_informer.go:349', `${WAITING}"${name}"`)],
      ],
    ),
    ...['node config', 'serviceCIDR config', 'endpoint slice config', 'service config'].map(
      (name, index): [number, (now: number) => string] => [
        60 + index,
        klog('shared_informer.go:356', `${SYNCED}"${name}"`),
      ],
    ),
  ],
  kindnetd: ({ network: { address } }) => [
    [0, klog('main.go:109', 'connected to apiserver: https://10.96.0.1:443')],
    [1, klog('main.go:139', `hostIP = ${address}`)],
    [2, klog('main.go:148', 'setting mtu 1500 for CNI')],
    [3, klog('main.go:178', 'kindnetd IP family: "ipv4"')],
    [4, klog('main.go:182', 'noMask IPv4 subnets: [10.244.0.0/16]')],
    [30, klog('controller.go:377', '"Starting controller" name="kube-network-policies"')],
    [40, klog('shared_informer.go:350', 'Waiting for caches to sync for kube-network-policies')],
    [50, klog('shared_informer.go:357', 'Caches are synced for kube-network-policies')],
  ],
};

/** The images of the nodes' and the control plane's own programs, which every node has from the start. */
export function systemImages(): Image[] {
  return [
    ...CONTROL_PLANE.map(({ name, image }) => imageOf(image, `/usr/local/bin/${name}`, name, [])),
    imageOf(KUBE_PROXY_IMAGE, '/usr/local/bin/kube-proxy', 'kube-proxy', []),
    imageOf(KINDNET_IMAGE, '/bin/kindnetd', 'kindnetd', ['/bin/kindnetd']),
  ];
}

function imageOf(reference: string, path: string, name: string, entrypoint: string[]): Image {
  const colon = reference.lastIndexOf(':');
  return makeImage({
    repository: reference.slice(0, colon),
    tag: reference.slice(colon + 1),
    sizeMiB: 30,
    entrypoint,
    programs: { [path]: (context) => serve(context, OPENINGS[name] ?? (() => [])) },
  });
}

/** Says what the program says at its start, and then runs until it is asked to end. */
async function serve(context: ProcessContext, opening: Opening): Promise<number> {
  const startedAt = context.clock.now();
  const lines = opening(context).map(([after, line]) => line(startedAt + after));
  await context.stderr.write(`${lines.join('\n')}\n`);
  await new Promise<void>((resolve) => {
    context.onSignal('SIGTERM', resolve);
    context.ended.addEventListener('abort', () => resolve(), { once: true });
  });
  return 0;
}
