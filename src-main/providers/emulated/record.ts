import { z } from 'zod';

/** What is remembered of an emulated cluster between its runs: `cluster.json` in its folder. */
export const clusterRecordSchema = z.object({
  name: z.string(),
  /** ISO 8601. */
  createdAt: z.string(),
  /** The API's last port, asked for again at the next start. */
  port: z.number().int().min(0).max(65535),
  /** Whether Services of type LoadBalancer get an address; true when left out. */
  loadBalancer: z.boolean().optional(),
  /** Who started it last: the app stops its own when it closes, and leaves those of the command line running. */
  startedBy: z.enum(['app', 'cli']),
});
export type ClusterRecord = z.infer<typeof clusterRecordSchema>;

/** The port of an API server's address; 0 when it names none. */
export function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** The last lines of a log, for an error's detail; where in the code an error came from is left to the log. */
export function logTail(log: string, lines = 10): string {
  return log
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith('    at '))
    .slice(-lines)
    .join('\n');
}
