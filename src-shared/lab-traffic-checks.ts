import { z } from 'zod';
import { labels, namespacedName, pattern, podsWith, range } from './lab-basics.ts';
import { aim, checkBase, status, timeout } from './lab-check-base.ts';
import { EITHER_URL_OR_TO, PUBLISHED_FROM_HOST } from './lab-targets.ts';

/** Kinds of checks that look at who answers, who is seen to ask, and with which certificate. */

export const tlsCheck = z
  .strictObject({
    kind: z.literal('tls'),
    ...checkBase,
    ...aim,
    /** Sent as server name (SNI); the host of the URL or of the Ingress when left out. */
    serverName: z.string().min(1).optional(),
    timeout,
    expect: z.strictObject({
      /** The certificate that is presented is the first one in `tls.crt` of this Secret. */
      secret: namespacedName.optional(),
      /** It is valid for these DNS names. The server name always has to be one, unless `anyName`. */
      dnsNames: z.array(z.string()).default([]),
      anyName: z.literal(true).optional(),
      /** A regular expression for its issuer, for example `CN=shop-ca`. */
      issuer: pattern.optional(),
      /** It was signed by this authority, and is within its time. */
      verifiedBy: z
        .union([
          z.strictObject({ secret: namespacedName, key: z.string().default('ca.crt') }),
          z.strictObject({ configMap: namespacedName, key: z.string().default('ca.crt') }),
        ])
        .optional(),
      /** The same host over plain HTTP sends clients to https with one of these statuses. */
      redirectFromHttp: z.array(status).min(1).optional(),
    }),
  })
  .refine(...EITHER_URL_OR_TO)
  .refine(...PUBLISHED_FROM_HOST);

export const distributionCheck = z
  .strictObject({
    kind: z.literal('distribution'),
    ...checkBase,
    /** What is asked has to answer with the name of its pod, as `/hostname` of agnhost does. */
    ...aim,
    requests: z.number().int().min(2).max(200).default(20),
    /** `new`: a connection for each request. `keep-alive`: all on one. */
    connection: z.enum(['new', 'keep-alive']).default('new'),
    timeout,
    expect: z.strictObject({
      /** Every answer comes from a ready pod with these labels. */
      pods: podsWith,
      /** How many different pods answer. */
      distinct: range.optional(),
      /** Every one of these pods answers. */
      all: z.literal(true).optional(),
      /** Only pods on the node that the requests come from answer. */
      sameNode: z.literal(true).optional(),
      /** Shares of the answers, from 0 to 1, of pods with further labels. */
      shares: z.array(z.strictObject({ labels, share: range })).default([]),
    }),
  })
  .refine(...EITHER_URL_OR_TO)
  .refine(...PUBLISHED_FROM_HOST);

export const sourceIpCheck = z
  .strictObject({
    kind: z.literal('source-ip'),
    ...checkBase,
    /** What is asked has to answer with the address that it sees, as `/clientip` of agnhost does. */
    ...aim,
    timeout,
    expect: z.strictObject({
      /**
       * Whose address the server sees. `client`: of the pod or node that asks. `node`: of a node, which is not the
       * client's own. `outside`: of neither a node nor a pod, as that of a client outside the cluster.
       */
      address: z.enum(['client', 'node', 'outside']),
    }),
  })
  .refine(...EITHER_URL_OR_TO)
  .refine(...PUBLISHED_FROM_HOST);
