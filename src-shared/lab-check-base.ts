import { z } from 'zod';
import { name, seconds } from './lab-basics.ts';
import { destination, vantage } from './lab-targets.ts';

/** Fields that kinds of checks have in common. */

export const checkBase = {
  id: name,
  points: z.number().int().min(1).max(100),
  /** `watch`: runs by itself when the cluster changes. `manual`: runs when the learner asks. */
  trigger: z.enum(['watch', 'manual']).default('watch'),
  /** Seconds that a check which is asked for may keep trying before it fails. */
  deadline: seconds.default(10),
  /** Seconds that it has to stay right. */
  stableFor: seconds.optional(),
  /** A failed check earns the share of its points that belongs to the expectations which hold, rounded down. */
  partial: z.boolean().default(false),
};

export const status = z.number().int().min(100).max(599);
/** Seconds for name, connection and answer together. */
export const timeout = z.number().positive().max(30).default(3);
export const aim = {
  from: vantage.optional(),
  url: z.url({ protocol: /^https?$/ }).optional(),
  to: destination.optional(),
};
