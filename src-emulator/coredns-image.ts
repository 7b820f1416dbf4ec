import type { ClusterApi } from './api/cluster-api.ts';
import type { Image } from './images/types.ts';
import type { OutsideNames } from './network/dns/outside-zone.ts';
import { serveDns } from './network/dns/server.ts';

/**
 * The image of the cluster's DNS server. It is made per cluster, because its program answers from that cluster's
 * Services: the real CoreDNS reads them over HTTPS, this one takes the in-process API.
 * @param outside the names of the world outside, which it forwards questions about.
 */
export function coreDnsImage(api: ClusterApi, outside: OutsideNames): Image {
  return {
    repository: 'registry.k8s.io/coredns/coredns',
    tag: 'v1.12.1',
    digest: 'sha256:0000000000000000000000000000000000000000000000000000000000c0d85',
    sizeBytes: 20_000_000,
    entrypoint: ['/coredns'],
    cmd: [],
    env: {},
    workingDir: '/',
    files: {},
    programs: {
      '/coredns': async (context) => {
        using _server = serveDns({ api, outside, stack: context.network, clock: context.clock });
        await context.stdout.write('.:53\nCoreDNS-1.12.1\nlinux/amd64, emulated\n');
        await new Promise<void>((resolve) => {
          context.onSignal('SIGTERM', resolve);
          context.ended.addEventListener('abort', () => resolve(), { once: true });
        });
        return 0;
      },
    },
  };
}
