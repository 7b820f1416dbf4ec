import type { KindRef, KubeObject } from './objects.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ingress-v1/ */
export interface Ingress extends KubeObject {
  spec: {
    ingressClassName?: string;
    defaultBackend?: IngressBackend;
    rules?: IngressRule[];
    tls?: { hosts?: string[]; secretName?: string }[];
  };
}

export interface IngressRule {
  /** Every host when left out. */
  host?: string;
  http?: { paths: IngressPath[] };
}

export interface IngressPath {
  path?: string;
  pathType?: 'Exact' | 'Prefix' | 'ImplementationSpecific';
  backend: IngressBackend;
}

export interface IngressBackend {
  service?: { name: string; port?: { name?: string; number?: number } };
  /** An object of another kind. Traefik serves none. */
  resource?: object;
}

export interface IngressClass extends KubeObject {
  spec?: { controller?: string };
}

export const INGRESS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
export const INGRESS_CLASS: KindRef = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' };
export const CONFIG_MAP: KindRef = { apiVersion: 'v1', kind: 'ConfigMap' };

/** `namespace/name`. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
