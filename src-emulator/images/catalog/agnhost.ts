import { agnhost } from '../programs/agnhost.ts';
import { shellProgram } from '../shell/sh.ts';
import { type CatalogEntry, makeImage } from './make-image.ts';
import { busyboxPrograms, networkTools } from './toolboxes.ts';

const REPOSITORY = 'registry.k8s.io/e2e-test-images/agnhost';

/** Kubernetes' own test image: Alpine with its server and network tools. */
export const agnhostImages: CatalogEntry[] = [
  {
    repository: REPOSITORY,
    tags: ['2.39', '2.40', '2.45', '2.47', '2.52', '2.53'],
    make: (tag) =>
      makeImage({
        repository: REPOSITORY,
        tag,
        sizeMiB: 50,
        entrypoint: ['/agnhost'],
        cmd: ['pause'],
        programs: {
          ...busyboxPrograms('1.36.1'),
          ...networkTools('8.12.1'),
          '/bin/bash': shellProgram('bash'),
          '/agnhost': agnhost,
        },
      }),
  },
];
