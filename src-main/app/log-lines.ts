import type { KubeClient } from '../kube/client.ts';

export interface LogRequest {
  namespace: string;
  pod: string;
  container?: string;
  tailLines: number;
}

/** A line without an end is shown in parts rather than held for ever. */
const LONGEST_LINE = 64 * 1024;

/** The lines of a container's log: the last ones, then what comes, until it ends or `signal`. */
export async function* followLog(
  kube: Pick<KubeClient, 'logs'>,
  request: LogRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ lines: string[] }, void, void> {
  const stream = await kube.logs({ ...request, follow: true, ...(signal !== undefined && { signal }) });
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) {
        lines.push(rest);
        rest = '';
      }
      if (lines.length > 0) yield { lines };
    }
  } catch (error) {
    // A reader that leaves ends the stream in its middle: that is no failure.
    if (signal?.aborted !== true) throw error;
  }
  if (rest !== '') yield { lines: [rest] };
}
