import { tagOf } from '../engine/images.ts';

/**
 * What fetching an image takes, in MB (10^6 bytes) of compressed layers for one platform: rounded from what
 * registries say of recent tags, for people who wonder whether a phone's network will do.
 */
const DOWNLOADS: Readonly<Record<string, number>> = {
  'kindest/node': 420,
  'rancher/k3s': 90,
  'k3d-io/k3d-proxy': 25,
  'k3d-io/k3d-tools': 10,
  traefik: 55,
  agnhost: 55,
  nginx: 70,
  httpd: 60,
  redis: 45,
  busybox: 2,
  curl: 10,
};
const UNKNOWN = 60;

/** MB to fetch for an image, roughly. */
export function downloadOf(reference: string): number {
  const repository = tagOf(reference).replace(/:[^:/]+$/, '');
  const known = Object.entries(DOWNLOADS).find(
    ([name]) => repository === name || repository.endsWith(`/${name}`),
  );
  return known?.[1] ?? UNKNOWN;
}
