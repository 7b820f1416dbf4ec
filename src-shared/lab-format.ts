import { z } from 'zod';
import { capabilitySchema } from './cluster.ts';

/**
 * The format of a lab folder's YAML files: `lab.yaml`, `text/<locale>.yaml`, `solution/<step>/solution.yaml`
 * and `wrong/<name>/wrong.yaml`. Strict everywhere: an unknown field is a mistake that its author wants to see.
 */

const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'lower case letters, digits and hyphens, at most 63');
const labels = z.record(z.string(), z.string());
const seconds = z.number().positive().max(600);
/** A path into an object: `spec.ports[0].targetPort`; keys with dots in brackets: `metadata.labels["a.b/c"]`. */
const path = z.string().min(1);
const file = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$/,
    'a YAML file name without a folder, for example service.yaml',
  );
const podName = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'namespace/name');

const objectRef = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: name.optional(),
  name: z.string(),
});

const objectSelector = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: name,
  labels,
});

/** One object by name, or objects by labels. */
const objectTarget = z.union([objectRef, objectSelector]);

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What must be true of one field. Exactly one of the comparisons. `finding` names the failure. */
const fieldExpectation = z
  .strictObject({
    path,
    equals: scalar.optional(),
    not: scalar.optional(),
    exists: z.boolean().optional(),
    /** A list with an item that has all of these fields. */
    contains: z.record(z.string(), scalar).optional(),
    finding: name.optional(),
  })
  .refine(
    (field) =>
      [field.equals, field.not, field.exists, field.contains].filter((c) => c !== undefined).length === 1,
    'exactly one of equals, not, exists, contains',
  );

const checkBase = {
  id: name,
  points: z.number().int().min(1).max(100),
  /** `watch`: runs by itself when the cluster changes. `manual`: runs when the learner asks. */
  trigger: z.enum(['watch', 'manual']).default('watch'),
  /** Seconds that a check which is asked for may keep trying before it fails. */
  deadline: seconds.default(10),
  /** Seconds that it has to stay right. */
  stableFor: seconds.optional(),
};

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

const httpCheck = z.strictObject({
  kind: z.literal('http'),
  ...checkBase,
  /** `namespace/name` of the pod that sends the request; the lab's client when left out. */
  from: podName.optional(),
  url: z.url({ protocol: /^http$/ }),
  expect: z.strictObject({
    status: z.number().int().min(100).max(599).default(200),
    /** A regular expression that the body matches. */
    body: z.string().optional(),
    /** The body is the name of a ready pod with these labels (as `/hostname` of agnhost answers). */
    bodyIsPodWith: z.strictObject({ namespace: name, labels }).optional(),
  }),
});

const dnsCheck = z.strictObject({
  kind: z.literal('dns'),
  ...checkBase,
  from: podName.optional(),
  name: z.string().min(1),
  /** The answer is this Service's cluster IP, or there is none. */
  expect: z.union([
    z.strictObject({ service: z.strictObject({ namespace: name, name }) }),
    z.strictObject({ absent: z.literal(true) }),
  ]),
});

const unchangedCheck = z.strictObject({
  kind: z.literal('unchanged'),
  ...checkBase,
  /** What must be as it was when the step opened; what the step protects when left out. */
  objects: z.array(objectTarget).min(1).optional(),
});

/** A value that an answer is compared with: read from the cluster when the answer is judged. */
const answerMatcher = z.union([
  z.strictObject({ text: z.string() }),
  /** A regular expression over the whole answer, without regard to case. */
  z.strictObject({ pattern: z.string() }),
  z.strictObject({
    object: objectTarget,
    path,
    /** `new`: only of objects made since the step opened; `old`: only of those that were there then. */
    only: z.enum(['new', 'old']).optional(),
  }),
]);
export type AnswerMatcher = z.infer<typeof answerMatcher>;

const answerCheck = z
  .strictObject({
    kind: z.literal('answer'),
    ...checkBase,
    trigger: z.literal('manual').default('manual'),
    /** Ids of the choices, in the order shown. Their texts are in text/<locale>.yaml. */
    choices: z.array(name).min(2).optional(),
    /** The right choice. */
    correct: name.optional(),
    /** Right when one of these matches. */
    accept: z.array(answerMatcher).min(1).optional(),
    /** Wrong answers that are known, each with its own finding. Looked at after `accept`. */
    traps: z.array(z.strictObject({ finding: name, matches: answerMatcher })).default([]),
  })
  .refine(
    (check) => (check.choices === undefined) !== (check.accept === undefined),
    'either choices or accept',
  )
  .refine(
    (check) => check.choices === undefined || check.choices.includes(check.correct ?? ''),
    'correct must name one of the choices',
  );

export const labCheckSpecSchema = z.discriminatedUnion('kind', [
  resourceCheck,
  endpointsCheck,
  httpCheck,
  dnsCheck,
  unchangedCheck,
  answerCheck,
]);
export type LabCheckSpec = z.infer<typeof labCheckSpecSchema>;
export type CheckKind = LabCheckSpec['kind'];
/** The spec of one kind of check. */
export type CheckSpecOf<K extends CheckKind> = Extract<LabCheckSpec, { kind: K }>;
export type ObjectTarget = z.infer<typeof objectTarget>;
export type FieldExpectation = z.infer<typeof fieldExpectation>;

export const labStepSpecSchema = z.strictObject({
  id: name,
  /** Service that the path picture shows in this step, `namespace/name`; the lab's `focus` when left out. */
  focus: podName.optional(),
  setup: z
    .strictObject({
      /** Files under manifests/. Objects that exist already are left as they are. */
      manifests: z.array(file).default([]),
      /** Ready before the step opens: pods Ready, Deployments Available. */
      waitFor: z.array(objectTarget).default([]),
      /** Seconds. */
      deadline: seconds.default(120),
    })
    .prefault({}),
  /** Files under starters/ that the learner completes in the editor. */
  starters: z.array(file).default([]),
  /** Objects that a solution leaves alone; compared by an `unchanged` check. */
  protect: z.array(objectTarget).default([]),
  /** How many hints text/<locale>.yaml holds for the step. */
  hints: z.number().int().min(0).max(9).default(0),
  checks: z.array(labCheckSpecSchema).min(1),
});
export type LabStepSpec = z.infer<typeof labStepSpecSchema>;

export const labFileSchema = z
  .strictObject({
    apiVersion: z.literal('switchyard.dev/v1'),
    kind: z.literal('Lab'),
    metadata: z.strictObject({
      id: name,
      version: z.number().int().min(1),
      difficulty: z.enum(['beginner', 'intermediate', 'advanced']),
      durationMinutes: z.number().int().min(1).max(480),
      tags: z.array(name).default([]),
    }),
    spec: z.strictObject({
      requires: z
        .strictObject({
          /** Nodes that take pods. */
          nodes: z.number().int().min(1).default(1),
          /** What else the cluster must have; the app says before the lab starts when it has not. */
          capabilities: z.array(capabilitySchema).default([]),
        })
        .prefault({}),
      /** Every image that the lab runs, for the offline pack. With tags, none of them `latest`. */
      images: z.array(z.string()).min(1),
      /** Made and owned by the lab. */
      namespaces: z.array(name).min(1),
      /** The pod that requests start from, and the manifest that makes it again when it is gone. */
      client: z.strictObject({ pod: podName, manifest: file }),
      /** Service that the path picture shows first, `namespace/name`. */
      focus: podName.optional(),
      steps: z.array(labStepSpecSchema).min(1),
    }),
  })
  .meta({ title: 'Switchyard lab', description: 'Structure of a lab: docs/writing-a-lab.md' });
export type LabFile = z.infer<typeof labFileSchema>;

const text = z.string().min(1);

/** text/<locale>.yaml */
export const labTextSchema = z.strictObject({
  title: text,
  summary: text,
  steps: z.record(
    z.string(),
    z.strictObject({
      title: text,
      /** Markdown, from a nudge to nearly the answer. */
      hints: z.array(text).default([]),
      checks: z.record(
        z.string(),
        z.strictObject({
          title: text,
          question: text.optional(),
          choices: z.record(z.string(), text).optional(),
          /** Words of this lab for a finding: replace the check's own `why`. */
          why: z.record(z.string(), text).default({}),
        }),
      ),
    }),
  ),
});
export type LabText = z.infer<typeof labTextSchema>;

/** One thing that is done to the cluster, in place of the learner. Nothing runs on the host. */
export const labActionSchema = z.union([
  /** A file beside this one. */
  z.strictObject({ apply: file, namespace: name.optional() }),
  /** By labels, the first `count` objects (by name); all of them when left out. */
  z.strictObject({ delete: objectTarget, count: z.number().int().min(1).optional() }),
  /** Merge-patches an object, or the first `count` that the labels select. */
  z.strictObject({
    patch: objectTarget,
    with: z.record(z.string(), z.unknown()),
    count: z.number().int().min(1).optional(),
  }),
  /** Creates an EndpointSlice for a Service from the addresses of pods: what one does by hand. */
  z.strictObject({
    slice: z.strictObject({ namespace: name, service: name, pods: labels, port: z.number().int() }),
  }),
  /** Runs a program in the lab's client pod. */
  z.strictObject({ exec: z.array(z.string()).min(1) }),
  /** Waits until pods are Ready or Deployments Available. */
  z.strictObject({ waitFor: objectTarget, deadline: seconds.default(60) }),
  z.strictObject({ answer: name, value: z.string() }),
  /** Answers with a value of the cluster. */
  z.strictObject({ answer: name, from: answerMatcher.options[2] }),
]);
export type LabAction = z.infer<typeof labActionSchema>;

/** solution/<step>/solution.yaml */
export const labSolutionSchema = z.strictObject({ actions: z.array(labActionSchema).min(1) });

/** wrong/<name>/wrong.yaml: a mistake that learners make, and how the lab must meet it. */
export const labWrongSchema = z.strictObject({
  step: name,
  /** Done in place of the step's solution, after those of the steps before it. */
  actions: z.array(labActionSchema).min(1),
  check: name,
  finding: name,
  /** A part of what the learner then reads, in English. */
  message: z.string().min(5),
});

/** The JSON Schema of lab.yaml, for editors: what labs/lab.schema.json holds. */
export function labJsonSchemaText(): string {
  return JSON.stringify(z.toJSONSchema(labFileSchema, { io: 'input', target: 'draft-7' }), null, 2);
}
