import { z } from 'zod';
import { capabilitySchema } from './cluster.ts';
import { labels, name, namespacedName, objectTarget, podsWith, seconds } from './lab-basics.ts';
import { answerMatcher } from './lab-answers.ts';
import { labCheckSpecSchema } from './lab-checks.ts';

/**
 * The format of a lab folder's YAML files: `lab.yaml`, `text/<locale>.yaml`, `solution/<step>/solution.yaml`
 * and `wrong/<name>/wrong.yaml`. Strict everywhere: an unknown field is a mistake that its author wants to see.
 */

const file = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$/,
    'a YAML file name without a folder, for example service.yaml',
  );
export const labStepSpecSchema = z.strictObject({
  id: name,
  /** Service that the path picture shows in this step, `namespace/name`; the lab's `focus` when left out. */
  focus: namespacedName.optional(),
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
      client: z.strictObject({ pod: namespacedName, manifest: file }),
      /** Service that the path picture shows first, `namespace/name`. */
      focus: namespacedName.optional(),
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
    slice: z.strictObject({
      namespace: name,
      service: name,
      pods: labels,
      /** Namespace of the pods, where it is another than the Service's. */
      podsIn: name.optional(),
      port: z.number().int(),
    }),
  }),
  /** Runs a program in the lab's client pod, or in the first ready pod with these labels. */
  z.strictObject({ exec: z.array(z.string()).min(1), in: podsWith.optional() }),
  /** Waits until pods are Ready or Deployments Available. */
  z.strictObject({ waitFor: objectTarget, deadline: seconds.default(60) }),
  z.strictObject({ answer: name, value: z.string() }),
  /** Answers with a value of the cluster. */
  z.strictObject({ answer: name, from: answerMatcher.options[2] }),
]);
export type LabAction = z.infer<typeof labActionSchema>;

/** solution/<step>/solution.yaml */
export const labSolutionSchema = z.strictObject({ actions: z.array(labActionSchema).min(1) });

/** curriculum.yaml, beside the folders of the labs. */
export const curriculumSchema = z.strictObject({
  apiVersion: z.literal('switchyard.dev/v1'),
  kind: z.literal('Curriculum'),
  /** Ids, in the order in which the labs are shown. */
  labs: z.array(name),
});

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
