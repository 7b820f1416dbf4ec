import { once } from 'node:events';
import type { LogOptions, NodeProxy } from '../../kubelet/types.ts';
import type { Exchange } from '../http/exchange.ts';
import type { ResourceRoute } from '../http/route.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { PODS } from '../resources.ts';
import { badRequest, invalid, methodNotAllowed, unclassified } from '../status.ts';
import { kubeletAddress, kubeletUrl, whyUnreachable, type Dial } from './kubelet-connection.ts';
import { chooseContainer, findPod } from './pod-target.ts';

/** GET pods/<name>/log: plain text, streamed while `follow` asks for more. @throws ApiError 400, 404, 422, 500 when the node cannot be reached. */
export async function serveLog(
  machinery: ApiMachinery,
  { nodeProxy, dial }: { nodeProxy: NodeProxy; dial: Dial | undefined },
  route: ResourceRoute,
  exchange: Exchange,
): Promise<void> {
  const { query, response } = exchange;
  if (exchange.method !== 'GET') throw methodNotAllowed();
  const pod = findPod(machinery, route.namespace, route.name);
  const { name, namespace = '' } = pod.metadata;
  const options: LogOptions = {
    container: chooseContainer(pod, query.get('container')),
    follow: query.get('follow') === 'true',
    previous: query.get('previous') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...count(query, 'tailLines', 0, name),
    ...count(query, 'sinceSeconds', 1, name),
    ...count(query, 'limitBytes', 1, name),
    ...(query.has('sinceTime') ? { sinceTime: query.get('sinceTime') ?? '' } : {}),
  };
  response.setHeader('Content-Type', 'text/plain');
  response.setHeader('Cache-Control', 'no-cache, private');
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') {
    // Not scheduled: there is nothing to read yet, and that is no error.
    response.writeHead(200).end();
    return;
  }
  if (dial !== undefined) {
    const kubelet = kubeletAddress(machinery, pod.spec.nodeName, PODS);
    const why = await whyUnreachable(dial, kubelet);
    const path = `containerLogs/${namespace}/${name}/${options.container}`;
    if (why !== undefined) throw unclassified(`Get "${kubeletUrl(kubelet, path, queryOf(options))}": ${why}`);
  }
  const source = ((): ReturnType<NodeProxy['logs']> => {
    try {
      return nodeProxy.logs({ namespace, name }, options);
    } catch (error) {
      throw badRequest((error as Error).message);
    }
  })();
  response.once('close', () => source.cancel());
  response.writeHead(200);
  response.flushHeaders();
  for (;;) {
    const chunk = await source.read();
    if (chunk === undefined || response.destroyed) break;
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

function count<K extends 'tailLines' | 'sinceSeconds' | 'limitBytes'>(
  query: URLSearchParams,
  key: K,
  minimum: number,
  pod: string,
): { [P in K]?: number } {
  const text = query.get(key);
  if (text === null || text === '') return {};
  const value = Number(text);
  if (!Number.isInteger(value)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  if (value < minimum)
    throw invalid({ ...PODS, kind: 'PodLogOptions' }, pod, [
      {
        type: 'FieldValueInvalid',
        field: key,
        detail: `Invalid value: ${value}: must be greater than or equal to ${minimum}`,
      },
    ]);
  return { [key]: value } as { [P in K]?: number };
}

/** The options as the kubelet is asked: what is not wanted is left out. */
function queryOf({ container: _container, ...options }: LogOptions): URLSearchParams {
  return new URLSearchParams(
    Object.entries(options).flatMap(([key, value]) => (value === false ? [] : [[key, String(value)]])),
  );
}
