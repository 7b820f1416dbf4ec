import type { Diagnosis } from '#main/doctor/diagnosis.ts';
import { loadBalancerAddress } from './destination-problems.ts';
import { ingressMissing, unserved } from '#main/doctor/hops/ingress.ts';
import { INGRESS, type Ingress } from '#main/kube/ingress-objects.ts';
import { coversHost } from '#main/doctor/ingress.ts';
import type { CheckContext } from './types.ts';

/** What the lab's namespaces say of a host behind the Ingress controller. */
export interface IngressState {
  host: string;
  /** Names of the Ingresses with a rule for the host, `namespace/name`. */
  rules: string[];
  /** Where Ingresses of the lab are served. */
  address: string | undefined;
  /** Why nothing is served at all. */
  problem?: Diagnosis;
}

export async function ingressOf(host: string, { kube, namespaces }: CheckContext): Promise<IngressState> {
  const lists = await Promise.all(namespaces.map((namespace) => kube.list<Ingress>(INGRESS, { namespace })));
  const all = lists.flat();
  const ruled = all.filter(({ spec }) => (spec.rules ?? []).some((rule) => coversHost(rule.host, host)));
  const address = [...ruled, ...all]
    .map((ingress) => loadBalancerAddress(ingress))
    .find((a) => a !== undefined);
  const rules = ruled.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
  const names = all.map(({ metadata }) => metadata.name);
  const classes = all.map(({ spec }) => spec.ingressClassName ?? '(none)');
  const problem =
    all.length === 0 ? ingressMissing(host) : address === undefined ? unserved(names, classes) : undefined;
  return { host, rules, address, ...(problem === undefined ? {} : { problem }) };
}
