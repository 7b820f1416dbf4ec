import { z } from 'zod';
import {
  clusterValue,
  fieldExpectation,
  labels,
  name,
  namespacedName,
  objectTarget,
  pattern,
  podsWith,
  range,
} from './lab-basics.ts';
import { answerCheck } from './lab-answers.ts';
import { aim, checkBase, status, timeout } from './lab-check-base.ts';
import { destination, EITHER_URL_OR_TO, PUBLISHED_FROM_HOST, vantage } from './lab-targets.ts';
import { distributionCheck, sourceIpCheck, tlsCheck } from './lab-traffic-checks.ts';
import { transitionCheck } from './lab-transitions.ts';

/** The kinds of checks of `lab.yaml`. */

const resourceCheck = z.strictObject({
  kind: z.literal('resource'),
  ...checkBase,
  object: objectTarget,
  expect: z.array(fieldExpectation).default([]),
  /** How many objects that the labels select: by default at least one. */
  count: z
    .strictObject({ min: z.number().int().min(0).optional(), max: z.number().int().optional() })
    .optional(),
  /** Only objects whose Ready condition is true count. */
  ready: z.boolean().default(false),
  /** At least so many of the objects that were there when the step opened must be gone. */
  replaced: z.number().int().min(1).optional(),
  /** There must be no such object. */
  absent: z.literal(true).optional(),
});

const endpointsCheck = z.strictObject({
  kind: z.literal('endpoints'),
  ...checkBase,
  service: z.strictObject({ namespace: name, name }),
  /** Endpoints must be exactly the ready pods with these labels. */
  pods: labels,
  /** And so many. */
  count: z.number().int().min(0).optional(),
});

const httpCheck = z
  .strictObject({
    kind: z.literal('http'),
    ...checkBase,
    ...aim,
    /** Sent with the request: `Host`, for example. */
    headers: z.record(z.string(), z.string()).default({}),
    /** So many requests, one after the other; all have to be answered as expected. */
    times: z.number().int().min(1).max(50).default(1),
    timeout,
    expect: z
      .strictObject({
        /** One status, or one of several. */
        status: z.union([status, z.array(status).min(1)]).default(200),
        /** A regular expression that the body matches. */
        body: pattern.optional(),
        /** The body is the name of a ready pod with these labels (as `/hostname` of agnhost answers). */
        bodyIsPodWith: podsWith.optional(),
        /** Regular expressions for headers of the answer. Redirects are not followed: `location`. */
        headers: z.record(z.string(), pattern).default({}),
        /** Instead of an answer: the connection is refused. */
        refused: z.literal(true).optional(),
        /** Instead of an answer: none comes. */
        silent: z.literal(true).optional(),
      })
      .refine(
        ({ refused, silent }) => refused === undefined || silent === undefined,
        'either refused or silent',
      )
      .prefault({}),
  })
  .refine(...EITHER_URL_OR_TO)
  .refine(...PUBLISHED_FROM_HOST);

const tcpCheck = z
  .strictObject({
    kind: z.literal('tcp'),
    ...checkBase,
    from: vantage.optional(),
    to: destination,
    /** What a connection meets: `open`, `refused` at once, or `silent` until the timeout. */
    expect: z.enum(['open', 'refused', 'silent']).default('open'),
    timeout,
  })
  .refine(...PUBLISHED_FROM_HOST);

const dnsCheck = z.strictObject({
  kind: z.literal('dns'),
  ...checkBase,
  from: z.union([namespacedName, vantage.options[2]]).optional(),
  /** For `PTR` the address; a value of the cluster where it is not known before. */
  name: z.union([z.string().min(1), clusterValue]),
  type: z.enum(['A', 'AAAA', 'SRV', 'CNAME', 'PTR']).default('A'),
  expect: z.union([
    /** The answer is this Service's cluster IP. */
    z.strictObject({ service: z.strictObject({ namespace: name, name }) }),
    /** No such name, or none of this type. */
    z.strictObject({ absent: z.literal(true) }),
    /** Exactly the addresses of these pods: of the ready ones, or of all where `ready` is false. */
    z.strictObject({ pods: podsWith, ready: z.boolean().default(true) }),
    /** The name is an alias of this one. */
    z.strictObject({ cname: z.string().min(1) }),
    /** Exactly these addresses. */
    z.strictObject({ addresses: z.array(z.union([z.string(), clusterValue])).min(1) }),
    /** SRV records name this port, and so many targets. */
    z.strictObject({ srv: z.strictObject({ port: z.number().int(), targets: range.optional() }) }),
    /** The address has a name that matches. */
    z.strictObject({ ptr: pattern }),
  ]),
});

const envCheck = z.strictObject({
  kind: z.literal('env'),
  ...checkBase,
  /** The pod, or pods: of several, every one that is ready has to hold, unless `some`. */
  pod: z.union([namespacedName, podsWith]),
  some: z.literal(true).optional(),
  container: name.optional(),
  variable: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable'),
  expect: z.union([
    z.strictObject({ equals: z.union([z.string(), clusterValue]) }),
    z.strictObject({ matches: pattern }),
    z.strictObject({ absent: z.literal(true) }),
  ]),
});

const commandCheck = z.strictObject({
  kind: z.literal('command'),
  ...checkBase,
  /** The pod that it runs in; the lab's client when left out. */
  from: z.union([namespacedName, vantage.options[2]]).optional(),
  container: name.optional(),
  run: z.array(z.string()).min(1),
  timeout: z.number().positive().max(60).default(10),
  expect: z
    .strictObject({
      exit: z.number().int().min(0).max(255).default(0),
      stdout: pattern.optional(),
      stderr: pattern.optional(),
    })
    .prefault({}),
  /** Names the failure. */
  finding: name.optional(),
});

const unchangedCheck = z.strictObject({
  kind: z.literal('unchanged'),
  ...checkBase,
  /** What must be as it was when the step opened; what the step protects when left out. */
  objects: z.array(objectTarget).min(1).optional(),
});

export const labCheckSpecSchema = z.discriminatedUnion('kind', [
  resourceCheck,
  endpointsCheck,
  httpCheck,
  tcpCheck,
  tlsCheck,
  dnsCheck,
  distributionCheck,
  sourceIpCheck,
  envCheck,
  commandCheck,
  transitionCheck,
  unchangedCheck,
  answerCheck,
]);
export type LabCheckSpec = z.infer<typeof labCheckSpecSchema>;
export type CheckKind = LabCheckSpec['kind'];
/** The spec of one kind of check. */
export type CheckSpecOf<K extends CheckKind> = Extract<LabCheckSpec, { kind: K }>;
