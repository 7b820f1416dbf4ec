/** Label of what a lab made, with the lab's id. Only what carries it is ever deleted. */
export const LAB_LABEL = 'switchyard.dev/lab';
