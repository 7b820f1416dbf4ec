/** Label of what a lab made, with the lab's id. Only what carries it is ever deleted. */
export const LAB_LABEL = 'switchyard.dev/lab';

/** Label of pods that checks look from, beside the client: `node`. No part of what a learner works with. */
export const VANTAGE_LABEL = 'switchyard.dev/vantage';
