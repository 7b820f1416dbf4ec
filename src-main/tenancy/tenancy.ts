import { z } from 'zod';
import { clusterCapabilitiesSchema } from '#shared/cluster.ts';

/** What the extension `TENANCY_EXTENSION` of a prepared kubeconfig's context says of the learner whom it is for. */
export const tenancyExtensionSchema = z.looseObject({
  learner: z.string().min(1),
  /** Put before the name of each namespace of a lab. */
  prefix: z.string().regex(/^([a-z0-9][-a-z0-9]*)?$/, 'lower case letters, digits and hyphens'),
  workshop: z.string().optional(),
  /** What the facilitator saw of the cluster: the learner may not look at its nodes. */
  capabilities: clusterCapabilitiesSchema.optional(),
});
export type TenancyExtension = z.infer<typeof tenancyExtensionSchema>;
