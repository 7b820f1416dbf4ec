/** The Ingress controller of the emulated cluster: Traefik's image, and what installs it. */
import type { ClusterApi } from '../api/cluster-api.ts';
import { busyboxPrograms } from '../images/catalog/toolboxes.ts';
import { makeImage } from '../images/catalog/make-image.ts';
import type { Image } from '../images/types.ts';
import { traefikProgram } from './program.ts';

export { installIngressController } from './install.ts';

/** Made per cluster: like CoreDNS, it reads that cluster's objects through the in-process API. */
export function ingressControllerImage(api: ClusterApi): Image {
  return makeImage({
    repository: 'docker.io/library/traefik',
    tag: 'v3.6',
    sizeMiB: 50,
    entrypoint: ['/entrypoint.sh'],
    cmd: ['traefik'],
    programs: {
      ...busyboxPrograms('1.37.0'),
      '/usr/local/bin/traefik': traefikProgram(api),
      // The official image's entrypoint takes options without the program's name in front.
      '/entrypoint.sh': (context) => {
        const args = context.argv.slice(1);
        return context.exec(args[0]?.startsWith('-') === false ? args : ['traefik', ...args]);
      },
    },
  });
}
