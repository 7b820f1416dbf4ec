import { z } from 'zod';
import { localizedTextSchema } from './locale.ts';
import { evidenceSchema, hopSchema } from './verdict.ts';

/**
 * The hops that the doctor walks, in the order of
 * https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
 */
export const doctorHopSchema = z.enum([
  'client',
  'exists',
  'name',
  'address',
  'port',
  'selector',
  'endpoints',
  'readiness',
  'listens',
  'policy',
  'node',
  'ingress',
  'certificate',
]);
export type DoctorHop = z.infer<typeof doctorHopSchema>;

/**
 * `symptom`: it does not work here, and a later hop says why. `absent`: there is nothing of the kind on this path.
 * `unknown`: it could not be looked at.
 */
export const hopStateSchema = z.enum(['ok', 'symptom', 'broken', 'absent', 'unknown', 'not-reached']);
export type HopState = z.infer<typeof hopStateSchema>;

const walkedHopSchema = z.strictObject({
  hop: doctorHopSchema,
  state: hopStateSchema,
  /** A sentence: what was seen here. */
  seen: localizedTextSchema,
  evidence: z.array(evidenceSchema),
});
export type WalkedHop = z.infer<typeof walkedHopSchema>;

export const doctorReportSchema = z.strictObject({
  namespace: z.string(),
  service: z.string(),
  /** `namespace/pod` that was looked from; `host` for this machine; nothing when there was no pod to look from. */
  from: z.string().optional(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** `unknown`: nothing wrong was found, and whether a request arrives could not be tried. */
  outcome: z.enum(['healthy', 'fault', 'unknown']),
  hops: z.array(walkedHopSchema),
  /** The first broken hop. */
  diagnosis: z
    .strictObject({
      hop: doctorHopSchema,
      /** The stop of the track. */
      stop: hopSchema,
      /** The fault by its name: `selector-matches-nothing`. */
      finding: z.string(),
      actual: localizedTextSchema,
      /** What it means and where to look: a sentence that teaches. */
      why: localizedTextSchema,
    })
    .optional(),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;
