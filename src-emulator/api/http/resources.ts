import type { DeleteOptions } from '../cluster-api.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import { decodeObject } from '../machinery/decode.ts';
import { applyObject } from '../machinery/apply-request.ts';
import {
  applyPatch,
  createFromBody,
  patchObject,
  replaceFromBody,
  type Target,
} from '../machinery/requests.ts';
import { applyScale, scaleOf, writeScale } from '../machinery/scale.ts';
import type { KubeObject, Namespace } from '../objects.ts';
import { methodNotAllowed, success, unknownPath } from '../status.ts';
import { addWarning, sendJson, type Exchange } from './exchange.ts';
import { listPage } from './list.ts';
import { applyBody, isApply, isTrue, patchBody, requestBody, requestOptions } from './request-options.ts';
import type { ResourceRoute } from './route.ts';
import { deletionOptions } from './deletion-options.ts';
import { servePodAction } from './pod-actions.ts';
import { objectBody } from './object-body.ts';
import { View } from './view.ts';

/** What a client is told that deletes a Job and does not say what is to become of its pods. */
const ORPHANED_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';
const SCALE_SCHEMA = 'io.k8s.api.autoscaling.v1.Scale';

/** Serves one request for a resource other than the streaming ones. @throws ApiError. */
export async function serveResource(
  machinery: ApiMachinery,
  route: ResourceRoute,
  exchange: Exchange,
): Promise<void> {
  const kind = machinery.registry.find(route.group, route.version, route.plural);
  if (kind === undefined) throw unknownPath();
  if (kind.deprecation !== undefined) addWarning(exchange.response, kind.deprecation);
  const { namespace, name, subresource } = route;
  if (kind.isReadOnly === true && exchange.method !== 'GET') throw methodNotAllowed();
  if (!kind.type.namespaced && namespace !== undefined) throw unknownPath();
  if (subresource !== undefined) {
    if (subresource === 'finalize' && kind.type.kind === 'Namespace' && name !== undefined) {
      await serveFinalize(machinery, { kind, namespace, name }, exchange);
      return;
    }
    if (name === undefined || !(kind.subresources as string[]).includes(subresource)) throw unknownPath();
    await serveSubresource(machinery, { kind, namespace, name }, subresource, exchange);
  } else if (name !== undefined) {
    if (kind.type.namespaced && namespace === undefined) throw unknownPath();
    await serveObject(machinery, { kind, namespace, name }, exchange);
  } else await serveCollection(machinery, kind, namespace, exchange);
}

/** Subresources in the form of the object, through which a part of it is written. */
type WrittenSubresource = 'status' | 'approval' | 'ephemeralcontainers';

function isPartOfObject(subresource: string): subresource is WrittenSubresource {
  return ['status', 'approval', 'ephemeralcontainers'].includes(subresource);
}

async function serveCollection(
  machinery: ApiMachinery,
  kind: KindDefinition,
  namespace: string | undefined,
  exchange: Exchange,
): Promise<void> {
  const { query } = exchange;
  const view = new View(machinery, kind, exchange);
  switch (exchange.method) {
    case 'GET':
      if (isTrue(query.get('watch'))) view.watch(namespace, undefined);
      else view.sendList(listPage(machinery, kind, namespace, query));
      return;
    case 'POST': {
      if (kind.type.namespaced && namespace === undefined) throw methodNotAllowed();
      const body = await objectBody(machinery, kind, exchange);
      const options = requestOptions(exchange, 'CreateOptions', body);
      view.send(201, createFromBody(machinery, { kind, namespace }, body.value, options));
      return;
    }
    case 'DELETE': {
      const body = await requestBody(machinery, exchange);
      const { options, write } = deletionOptions(body.value, exchange, machinery.schemas);
      keepDependents(kind, options, exchange);
      // The answer is what there was.
      const page = listPage(machinery, kind, namespace, query);
      for (const { metadata } of page.objects) {
        const stored = machinery.get(kind.type, metadata.namespace, metadata.name);
        if (stored !== undefined) machinery.writer.delete(kind, stored, options, write);
      }
      view.sendList(page);
      return;
    }
    default:
      throw methodNotAllowed();
  }
}

async function serveObject(machinery: ApiMachinery, target: Target, exchange: Exchange): Promise<void> {
  const { kind, namespace, name } = target;
  const { query } = exchange;
  const view = new View(machinery, kind, exchange);
  switch (exchange.method) {
    case 'GET':
      if (isTrue(query.get('watch'))) view.watch(namespace, name);
      else view.send(200, machinery.writer.read(kind, namespace, name));
      return;
    case 'PUT': {
      const body = await objectBody(machinery, kind, exchange);
      const options = requestOptions(exchange, 'UpdateOptions', body);
      const { object, created } = replaceFromBody(machinery, target, body.value, options);
      view.send(created ? 201 : 200, object);
      return;
    }
    case 'PATCH':
      await servePatch(machinery, target, undefined, exchange);
      return;
    case 'DELETE': {
      const body = await requestBody(machinery, exchange);
      const { options, write } = deletionOptions(body.value, exchange, machinery.schemas);
      const stored = machinery.writer.read(kind, namespace, name);
      keepDependents(kind, options, exchange);
      const result = machinery.writer.delete(kind, stored, options, write);
      if (!result.removed || kind.showsDeleted === true) view.send(200, result.object);
      else sendJson(exchange.response, 200, success(kind.type, name, stored.metadata.uid));
      return;
    }
    default:
      throw methodNotAllowed();
  }
}

/** Has what belongs to an object stay, where that is the rule and the request says nothing, and says so. */
function keepDependents(kind: KindDefinition, options: DeleteOptions, { response }: Exchange): void {
  if (options.propagationPolicy !== undefined || kind.orphansDependents !== true) return;
  addWarning(response, ORPHANED_WARNING);
  options.propagationPolicy = 'Orphan';
}

async function servePatch(
  machinery: ApiMachinery,
  target: Target,
  subresource: WrittenSubresource | undefined,
  exchange: Exchange,
): Promise<void> {
  const view = new View(machinery, target.kind, exchange);
  const through = subresource === undefined ? {} : { subresource };
  if (isApply(exchange)) {
    const { config, options } = await applyBody(exchange);
    const { object, created } = applyObject(machinery, target, config, { ...options, ...through });
    view.send(created ? 201 : 200, object);
    return;
  }
  const { type, body } = await patchBody(machinery, exchange, () => {
    machinery.writer.read(target.kind, target.namespace, target.name);
  });
  const options = requestOptions(exchange, 'PatchOptions', { value: undefined });
  view.send(200, patchObject(machinery, target, type, body.value, { ...options, ...through }));
}

async function serveSubresource(
  machinery: ApiMachinery,
  target: Target,
  subresource: string,
  exchange: Exchange,
): Promise<void> {
  const { kind, namespace, name } = target;
  const { method, response } = exchange;
  const view = new View(machinery, kind, exchange);
  if (isPartOfObject(subresource)) {
    if (method === 'GET') view.send(200, machinery.writer.read(kind, namespace, name));
    else if (method === 'PUT') {
      const body = await objectBody(machinery, kind, exchange);
      const options = requestOptions(exchange, 'UpdateOptions', body);
      view.send(200, replaceFromBody(machinery, target, body.value, { ...options, subresource }).object);
    } else if (method === 'PATCH') await servePatch(machinery, target, subresource, exchange);
    else throw methodNotAllowed();
    return;
  }
  if (subresource === 'scale') {
    const stored = machinery.writer.read(kind, namespace, name);
    if (method === 'GET') sendJson(response, 200, scaleOf(stored));
    else if (method === 'PATCH' && isApply(exchange)) {
      const { config, options } = await applyBody(exchange);
      sendJson(response, 200, scaleOf(applyScale(machinery, target, config, options)));
    } else if (method === 'PUT' || method === 'PATCH') {
      const scale =
        method === 'PUT'
          ? (await requestBody(machinery, exchange)).value
          : await patchedScale(machinery, stored, exchange);
      const fresh = machinery.writer.read(kind, namespace, name);
      sendJson(
        response,
        200,
        scaleOf(
          writeScale(
            machinery,
            kind,
            fresh,
            scale,
            requestOptions(exchange, method === 'PUT' ? 'UpdateOptions' : 'PatchOptions', {
              value: undefined,
            }),
          ),
        ),
      );
    } else throw methodNotAllowed();
    return;
  }
  if (namespace === undefined || (subresource !== 'binding' && subresource !== 'eviction'))
    throw methodNotAllowed();
  await servePodAction(machinery, subresource, { namespace, name }, exchange);
}

/** PUT namespaces/<name>/finalize. */
async function serveFinalize(machinery: ApiMachinery, target: Target, exchange: Exchange): Promise<void> {
  if (exchange.method !== 'PUT') throw methodNotAllowed();
  const body = await requestBody(machinery, exchange);
  const wanted = decodeObject(
    machinery.schemas,
    target.kind,
    body.value,
    requestOptions(exchange, 'UpdateOptions', body),
  ) as Namespace;
  const stored = machinery.writer.read(target.kind, undefined, target.name) as Namespace;
  const written = machinery.writer.finalize(target.kind, stored, wanted.spec.finalizers ?? []);
  new View(machinery, target.kind, exchange).send(200, written);
}

async function patchedScale(
  machinery: ApiMachinery,
  stored: KubeObject,
  exchange: Exchange,
): Promise<unknown> {
  const { type, body } = await patchBody(machinery, exchange, () => undefined);
  return applyPatch(machinery, SCALE_SCHEMA, scaleOf(stored), type, body.value);
}
