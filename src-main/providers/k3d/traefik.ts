import { stringify } from 'yaml';
import type { TraefikPlace } from '../ingress/ingress-keeper.ts';
import { DYNAMIC_FOLDER } from '../ingress/traefik.ts';

/** Where k3s' own Traefik runs, and where in it the rules are written that put Ingresses into their order. */
export const TRAEFIK_PLACE: TraefikPlace = {
  namespace: 'kube-system',
  podLabels: { 'app.kubernetes.io/name': 'traefik' },
  folder: DYNAMIC_FOLDER,
};

/**
 * What makes k3s' own Traefik (docs.k3s.io/networking/networking-services) keep what the Ingress API promises: prefixes
 * by path element, 503 for a Service without endpoints, TLS from the Secret, changes served at once. Arguments in
 * place of values of its chart, whose names change. The address of an Ingress is that of Traefik's Service already.
 */
export function traefikConfig(): string {
  const values = {
    additionalArguments: [
      '--providers.kubernetesingress.strictprefixmatching=true',
      '--providers.kubernetesingress.allowemptyservices=true',
      '--providers.providersthrottleduration=50ms',
      '--entrypoints.websecure.http.tls=true',
      `--providers.file.directory=${DYNAMIC_FOLDER}`,
      '--providers.file.watch=true',
      '--serverstransport.insecureskipverify=true',
    ],
    deployment: { additionalVolumes: [{ name: 'dynamic', emptyDir: {} }] },
    additionalVolumeMounts: [{ name: 'dynamic', mountPath: DYNAMIC_FOLDER }],
  };
  return stringify({
    apiVersion: 'helm.cattle.io/v1',
    kind: 'HelmChartConfig',
    metadata: { name: 'traefik', namespace: 'kube-system' },
    spec: { valuesContent: stringify(values) },
  });
}
