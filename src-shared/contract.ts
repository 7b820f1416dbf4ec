import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { problemSchema } from './app-error.ts';
import {
  clusterSourceSchema,
  clusterStateSchema,
  kubeContextSchema,
  leftoverSchema,
  preflightReportSchema,
  providerIdSchema,
  providerInfoSchema,
  sourceReportSchema,
} from './cluster.ts';
import { doctorReportSchema } from './doctor.ts';
import { labContentSchema, labSessionSchema, labSummarySchema, solutionSchema } from './lab-view.ts';
import { liveBatchSchema, objectRefSchema } from './live.ts';
import { localeSchema, localizedTextSchema } from './locale.ts';
import { evidenceSchema, hopSchema } from './verdict.ts';

/**
 * Everything that the renderer can ask of main, in one place. Both hosts (Electron's MessagePort, the web
 * host's WebSocket) carry exactly this. Main validates every input against it. A failure that a person should
 * read arrives as the typed error `PROBLEM`.
 */

const procedure = oc.errors({ PROBLEM: { data: problemSchema } });

export const settingsSchema = z.strictObject({
  /** Undefined until the learner has chosen. */
  language: localeSchema.optional(),
  theme: z.enum(['system', 'light', 'dark']),
  /** Sizes in per cent of resizable panes, by the splitter's id. */
  layout: z.record(z.string(), z.array(z.number())),
});
export type Settings = z.infer<typeof settingsSchema>;

/** One problem of a manifest, at its place in the text. */
export const manifestProblemSchema = z.strictObject({
  message: z.string(),
  line: z.number().int().positive(),
  column: z.number().int().positive(),
  endLine: z.number().int().positive().optional(),
  endColumn: z.number().int().positive().optional(),
  severity: z.enum(['error', 'warning']),
});
export type ManifestProblem = z.infer<typeof manifestProblemSchema>;

export const applyResultSchema = z.strictObject({
  applied: z.array(
    z.strictObject({
      ref: objectRefSchema,
      action: z.enum(['created', 'configured', 'unchanged', 'deleted']),
    }),
  ),
  problems: z.array(manifestProblemSchema),
});
export type ApplyResult = z.infer<typeof applyResultSchema>;

export const terminalInfoSchema = z.strictObject({
  id: z.string(),
  namespace: z.string(),
  pod: z.string(),
  container: z.string(),
  state: z.enum(['connecting', 'open', 'closed']),
  /** Why it closed, or what it waits for. */
  message: localizedTextSchema.optional(),
  exitCode: z.number().optional(),
});
export type TerminalInfo = z.infer<typeof terminalInfoSchema>;

export const terminalEventSchema = z.discriminatedUnion('type', [
  /** Output, in order. The first ones after attaching replay what the ring buffer holds. */
  z.strictObject({ type: z.literal('data'), bytes: z.instanceof(Uint8Array) }),
  z.strictObject({ type: z.literal('info'), info: terminalInfoSchema }),
]);
export type TerminalEvent = z.infer<typeof terminalEventSchema>;

/** What happened at one hop of a traced request. */
const traceHopSchema = z.strictObject({
  hop: hopSchema,
  state: z.enum(['ok', 'broken', 'not-reached']),
  /** A sentence: what was seen here. */
  text: localizedTextSchema,
  /** The name, address or pod seen at this hop. */
  label: z.string(),
  evidence: evidenceSchema.optional(),
});
export const traceSchema = z.strictObject({ at: z.number(), hops: z.array(traceHopSchema) });
export type Trace = z.infer<typeof traceSchema>;

const labRef = z.strictObject({ labId: z.string() });
const stepRef = z.strictObject({ labId: z.string(), stepId: z.string() });
const terminalSize = z.strictObject({
  columns: z.number().int().min(1).max(1000),
  rows: z.number().int().min(1).max(1000),
});
const empty = z.void();

export const contract = {
  app: {
    info: procedure.output(
      z.strictObject({ version: z.string(), host: z.enum(['web', 'electron']), dataDirectory: z.string() }),
    ),
    /** Current settings, then every change. */
    settings: procedure.output(eventIterator(settingsSchema)),
    changeSettings: procedure.input(settingsSchema.partial()).output(settingsSchema),
    /** Problems that are not the answer to a call: a progress file set aside, a lab that could not be read. */
    notices: procedure.output(eventIterator(z.array(problemSchema))),
  },
  cluster: {
    /** Everyone who can make or lend a cluster. Nothing is looked at for it: see `preflight`. */
    providers: procedure.output(z.array(providerInfoSchema)),
    /** Looks whether this machine can make a cluster of a provider. Changes nothing. */
    preflight: procedure.input(z.strictObject({ provider: providerIdSchema })).output(preflightReportSchema),
    /** Does what a finding of the preflight offers, and looks again. */
    mend: procedure
      .input(z.strictObject({ provider: providerIdSchema, item: z.string(), mend: z.string() }))
      .output(preflightReportSchema),
    /** The clusters of a kubeconfig file; of the user's own (`KUBECONFIG`, `~/.kube/config`) without one. */
    contexts: procedure
      .input(z.strictObject({ file: z.string().max(4096).optional() }))
      .output(z.strictObject({ contexts: z.array(kubeContextSchema), problems: z.array(problemSchema) })),
    /** Looks at a cluster that exists, and changes nothing in it. */
    inspect: procedure.input(clusterSourceSchema).output(sourceReportSchema),
    /** The present state, then every change. */
    state: procedure.output(eventIterator(clusterStateSchema)),
    /** Finds the cluster or makes it. Returns at once; watch `state`. */
    create: procedure
      .input(z.strictObject({ provider: providerIdSchema, source: clusterSourceSchema.optional() }))
      .output(empty),
    /** Gives up the making of a cluster. Resolves when nothing of it is left. */
    cancel: procedure.output(empty),
    /** Deletes the cluster and everything in it; lets go of one that somebody else made. Resolves when it is gone. */
    delete: procedure.output(empty),
    /** What interrupted attempts left behind, then every change. */
    leftovers: procedure.output(eventIterator(z.array(leftoverSchema))),
    deleteLeftover: procedure
      .input(z.strictObject({ provider: providerIdSchema, name: z.string() }))
      .output(empty),
  },
  live: {
    /** Objects of the given namespaces (nodes always). */
    objects: procedure
      .input(z.strictObject({ namespaces: z.array(z.string()) }))
      .output(eventIterator(liveBatchSchema)),
    yaml: procedure.input(objectRefSchema).output(z.string()),
    /** Applies the documents of a YAML text. Problems carry the line they belong to. */
    apply: procedure
      .input(z.strictObject({ yaml: z.string().max(1_000_000), namespace: z.string(), dryRun: z.boolean() }))
      .output(applyResultSchema),
    delete: procedure.input(objectRefSchema).output(empty),
    /** Log lines of a container, as they come. */
    logs: procedure
      .input(
        z.strictObject({
          namespace: z.string(),
          pod: z.string(),
          container: z.string().optional(),
          tailLines: z.number().int().min(0).max(10_000),
        }),
      )
      .output(eventIterator(z.strictObject({ lines: z.array(z.string()) }))),
    /** Sends one request from the client pod to a Service and reports every hop. */
    trace: procedure
      .input(
        z.strictObject({
          /** `namespace/pod` that the request starts from. */
          client: z.string(),
          namespace: z.string(),
          service: z.string(),
          port: z.number().int().min(1).max(65535).optional(),
        }),
      )
      .output(traceSchema),
    /** Walks the path to a Service hop by hop, and names the first that is broken. */
    doctor: procedure
      .input(
        z.strictObject({
          namespace: z.string(),
          service: z.string(),
          port: z.number().int().min(1).max(65535).optional(),
          /** `namespace/pod`, or `host` for this machine. */
          from: z.string(),
        }),
      )
      .output(doctorReportSchema),
  },
  labs: {
    list: procedure.output(z.array(labSummarySchema)),
    content: procedure.input(labRef).output(labContentSchema),
    /** The present state, then every change. */
    session: procedure.input(labRef).output(eventIterator(labSessionSchema)),
    /** Sets up the current step (idempotent) and starts watching. Resolves when its objects are ready. */
    start: procedure.input(labRef).output(empty),
    /** Makes an open or finished step the current one and sets it up. */
    goTo: procedure.input(stepRef).output(empty),
    /** Runs all checks of a step, or the one named. Resolves when they have verdicts. */
    check: procedure.input(stepRef.extend({ checkId: z.string().optional() })).output(empty),
    answer: procedure
      .input(stepRef.extend({ checkId: z.string(), value: z.string().max(2000) }))
      .output(empty),
    /** Reveals the next hint. */
    hint: procedure.input(stepRef).output(empty),
    /** Shows the worked solution; marks the step as assisted. */
    solution: procedure.input(stepRef).output(solutionSchema),
    /** Applies the worked solution; marks the step as assisted. */
    solve: procedure.input(stepRef).output(empty),
    /** Brings the step's objects back to how the step began. */
    reset: procedure.input(stepRef).output(empty),
  },
  terminals: {
    list: procedure.output(eventIterator(z.array(terminalInfoSchema))),
    open: procedure
      .input(
        z.strictObject({
          namespace: z.string(),
          pod: z.string(),
          container: z.string().optional(),
          size: terminalSize,
        }),
      )
      .output(terminalInfoSchema),
    /** Replays what is kept, then follows. One attachment at a time: a new one ends the old. */
    attach: procedure.input(z.strictObject({ id: z.string() })).output(eventIterator(terminalEventSchema)),
    write: procedure.input(z.strictObject({ id: z.string(), bytes: z.instanceof(Uint8Array) })).output(empty),
    resize: procedure.input(z.strictObject({ id: z.string(), size: terminalSize })).output(empty),
    /** Flow control: `bytes` of output have been drawn. */
    acknowledge: procedure
      .input(z.strictObject({ id: z.string(), bytes: z.number().int().min(0) }))
      .output(empty),
    /** Starts a new shell in the same pod (or in the pod's replacement) under the same id. */
    reconnect: procedure.input(z.strictObject({ id: z.string() })).output(empty),
    close: procedure.input(z.strictObject({ id: z.string() })).output(empty),
  },
};
export type Contract = typeof contract;
