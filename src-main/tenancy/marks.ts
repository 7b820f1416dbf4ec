/**
 * How a cluster that several learners share says what belongs to whom. Whoever prepares it writes these; the app
 * of a learner reads them.
 */

/** Label of everything that was prepared for one learner: their name, as it stands in the list. */
export const LEARNER_LABEL = 'switchyard.dev/learner';

/** Label of a prepared namespace: which namespace of labs it stands for (`shop`). */
export const STANDS_FOR_LABEL = 'switchyard.dev/stands-for';

/** Label of everything that was prepared for one workshop, also what belongs to no single learner. */
export const WORKSHOP_LABEL = 'switchyard.dev/workshop';

/** Name of the extension in a kubeconfig's context that carries the learner's `Tenancy`. */
export const TENANCY_EXTENSION = 'switchyard.dev/tenancy';
