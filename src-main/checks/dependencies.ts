import type { LabCheckSpec } from '#shared/lab-checks.ts';
import { ENDPOINT_SLICE, POD, SERVICE, type KindRef } from '#main/kube/objects.ts';
import { INGRESS } from '#main/kube/ingress-objects.ts';
import { watchedBy } from './transition-record.ts';

const SECRET = { apiVersion: 'v1', kind: 'Secret' };
const PATH = [SERVICE, ENDPOINT_SLICE, POD];

/** Kinds of objects whose changes can change a check's verdict. */
export function dependencies(check: LabCheckSpec): KindRef[] {
  switch (check.kind) {
    case 'resource':
      return kindsOf([
        check.object,
        ...check.expect.flatMap(({ sameAs }) => (sameAs?.object === undefined ? [] : [sameAs.object])),
      ]);
    case 'unchanged':
      return kindsOf(check.objects ?? []);
    case 'tls':
      return [...PATH, INGRESS, SECRET];
    case 'http':
    case 'tcp':
    case 'distribution':
    case 'source-ip':
      return check.to !== undefined && 'ingress' in check.to ? [...PATH, INGRESS] : PATH;
    case 'transition':
      return watchedBy(check).map(({ kind }) => kind);
    case 'env':
      return [POD, SERVICE];
    case 'endpoints':
    case 'dns':
    case 'command':
      return PATH;
    case 'answer':
      return [];
  }
}

function kindsOf(targets: readonly KindRef[]): KindRef[] {
  return targets.map(({ apiVersion, kind }) => ({ apiVersion, kind }));
}
