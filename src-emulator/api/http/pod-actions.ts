import { isJsonObject } from '../../store/json.ts';
import { checkVersion } from '../machinery/decode.ts';
import { evictPod } from '../machinery/eviction.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { bindPod } from '../machinery/pod-subresources.ts';
import type { ResourceType } from '../resources.ts';
import { badRequest, methodNotAllowed } from '../status.ts';
import { deletionOptions } from './deletion-options.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { requestBody } from './request-options.ts';
import type { ResourceRoute } from './route.ts';

/** What is posted to do something with a pod, and is not kept. */
const ACTIONS = {
  binding: { group: '', version: 'v1', kind: 'Binding', plural: 'bindings', namespaced: true },
  eviction: { group: 'policy', version: 'v1', kind: 'Eviction', plural: 'evictions', namespaced: true },
} satisfies Record<string, ResourceType>;
/** Kubernetes takes evictions of this version, too. */
const OLD_EVICTIONS = 'policy/v1beta1';

/**
 * POST pods/<name>/binding and pods/<name>/eviction.
 * @param name undefined where the body alone says which pod
 * @throws ApiError 400, 404, 405, 409, 429, 500
 */
export async function servePodAction(
  machinery: ApiMachinery,
  action: keyof typeof ACTIONS,
  pod: { namespace: string; name: string | undefined },
  exchange: Exchange,
): Promise<void> {
  if (exchange.method !== 'POST') throw methodNotAllowed();
  const { value } = await requestBody(machinery, exchange);
  const body = isJsonObject(value) ? value : {};
  const type = ACTIONS[action];
  const isOld = action === 'eviction' && body['apiVersion'] === OLD_EVICTIONS;
  checkVersion(type, isOld ? { ...body, apiVersion: undefined } : body, machinery.schemas);
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  const named = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const name = pod.name ?? named;
  if (name === '') throw badRequest('Name parameter required.');
  if (named !== name && (action === 'eviction' || named !== ''))
    throw badRequest(`name in URL does not match name in ${type.kind} object`);
  if (action === 'binding') bindPod(machinery, pod.namespace, name, body);
  else {
    const deletion = deletionOptions(body['deleteOptions'], exchange, machinery.schemas);
    // What the query says of a dry run holds, whatever the options say.
    const dryRun = deletion.write.dryRun === true || exchange.query.has('dryRun');
    evictPod(machinery, pod.namespace, name, deletion.options, { ...deletion.write, dryRun });
  }
  sendJson(exchange.response, 201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}

/** POST bindings: what POST pods/<name>/binding does. Returns false for other paths. @throws ApiError */
export async function serveBindings(
  machinery: ApiMachinery,
  { group, plural, namespace, name }: ResourceRoute,
  exchange: Exchange,
): Promise<boolean> {
  if (group !== '' || plural !== 'bindings' || namespace === undefined || name !== undefined) return false;
  await servePodAction(machinery, 'binding', { namespace, name: undefined }, exchange);
  return true;
}
