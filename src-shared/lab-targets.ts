import { z } from 'zod';
import { namespacedName, podsWith } from './lab-basics.ts';

/** Where a check of the network looks from, and what it aims at. */

/**
 * `namespace/name` of a pod; `{ node: … }`: the network of a node, as programs on it have it; `host`: this machine,
 * through the addresses at which the cluster is published on it.
 */
export const vantage = z.union([
  namespacedName,
  z.literal('host'),
  /** `control-plane`, `any` (a node that takes pods), or a node's name. */
  z.strictObject({ node: z.string().min(1) }),
]);
export type VantageSpec = z.infer<typeof vantage>;

const port = z.number().int().min(1).max(65_535);
const address = {
  /** Of a URL. */
  path: z.string().startsWith('/').default('/'),
  scheme: z.enum(['http', 'https']).default('http'),
};

/** What is aimed at, by reference: no lab needs to know an address. */
export const destination = z.union([
  /** A name, or an address, as whoever looks resolves it. */
  z.strictObject({ host: z.string().min(1), port, ...address }),
  /** The cluster IP of a Service. */
  z.strictObject({ service: namespacedName, port, ...address }),
  /**
   * A NodePort of a Service, at a node's address. `node`: `any` (a node that takes pods), `each` (one after the
   * other, all have to hold), `control-plane`, `with-endpoint` and `without-endpoint` (of a ready endpoint of the
   * Service), or a node's name.
   */
  z.strictObject({ nodePort: namespacedName, port, node: z.string().default('any'), ...address }),
  /** The address that a Service of type LoadBalancer was given. */
  z.strictObject({ loadBalancer: namespacedName, port, ...address }),
  /** The Ingress controller, asked for this host. */
  z.strictObject({ ingress: z.string().min(1), ...address }),
  /** Ready pods at their own addresses: all have to hold. */
  z.strictObject({ pods: podsWith, port, ...address }),
]);
export type DestinationSpec = z.infer<typeof destination>;

/** A rule of a check, and what it says when it is broken. */
type Rule = [(check: Aimed) => boolean, string];

export const EITHER_URL_OR_TO: Rule = [
  ({ url, to }) => (url === undefined) !== (to === undefined),
  'either url or to',
];

/** Nothing in a lab says where this machine sends requests, beside what the cluster publishes on it. */
export const PUBLISHED_FROM_HOST: Rule = [
  ({ from, to }) =>
    from !== 'host' || (to !== undefined && ('nodePort' in to || 'loadBalancer' in to || 'ingress' in to)),
  'from: host needs to: with nodePort, loadBalancer or ingress',
];

interface Aimed {
  from?: VantageSpec | undefined;
  url?: string | undefined;
  to?: DestinationSpec | undefined;
}
