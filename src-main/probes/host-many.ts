import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import type { HttpRequest } from './http.ts';

/** Sends requests from this machine on one connection, one after the other. Plain HTTP only. */
export async function requestsOnOneConnection(
  { url, via, headers = {}, timeoutSeconds = 3 }: HttpRequest,
  count: number,
): Promise<{ bodies: string[]; errors: string[] }> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const bodies: string[] = [];
  const errors: string[] = [];
  try {
    for (let turn = 0; turn < count; turn++) {
      const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
      const options = {
        agent,
        host: via?.host ?? hostname,
        port: via?.port ?? (port === '' ? 80 : Number(port)),
        path: pathname + search,
        headers: { host, ...headers },
        timeout: timeoutSeconds * 1000,
      };
      const request = get(options, (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode ?? 0, body });
        }, reject);
      });
      request.on('timeout', () => request.destroy(new Error('Operation timed out')));
      request.on('error', reject);
      const { status, body } = await promise;
      if (status === 200) bodies.push(body.trim());
      else errors.push(`HTTP ${String(status)}`);
    }
  } catch (error) {
    errors.push(error instanceof Error ? error.message : String(error));
  } finally {
    agent.destroy();
  }
  return { bodies, errors };
}
