/** The one channel between the preload and main: it carries the port that the contract then runs over. */
export const PORT_CHANNEL = 'switchyard:port';
