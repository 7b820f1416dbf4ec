import type { ApplyResult } from '#shared/contract.ts';
import { AppError } from '#shared/app-error.ts';
import { applyManifests } from './apply.ts';
import { Discovery, resourcePath, type ResourceInfo } from './discovery.ts';
import { isNotFound, KubeStatusError } from './errors.ts';
import {
  execInPod,
  openExec,
  type ExecOptions,
  type ExecResult,
  type ExecSession,
  type OpenExecOptions,
} from './exec.ts';
import { parseKubeconfig, type ClusterAccess } from './kubeconfig.ts';
import type { KindRef, KubeObject, NamedRef } from './objects.ts';
import { Transport } from './transport.ts';
import { watchKind, type WatchHandlers, type WatchOptions } from './watch.ts';

export interface ListOptions {
  /** All namespaces when left out. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

export interface ApplyOptions {
  /** For documents that name none. */
  namespace: string;
  /** The server judges everything and stores nothing. */
  dryRun?: boolean;
  /** Default `switchyard`. */
  fieldManager?: string;
  /** Adds to or changes each object before it is sent, for labels that mark it as ours. */
  transform?: (object: KubeObject) => KubeObject;
}

export interface PatchOptions {
  /** Changes only this part of the object, where the server keeps it apart: controllers report in `status`. */
  subresource?: 'status';
  /** Who is noted as the one who set the fields (`metadata.managedFields`). Default `switchyard`. */
  fieldManager?: string;
}

export interface LogOptions {
  namespace: string;
  pod: string;
  container?: string;
  tailLines?: number;
  follow?: boolean;
  signal?: AbortSignal;
}

/**
 * Everything the app does with a cluster. It knows the cluster by its kubeconfig only, so that the emulated
 * one and a real one are told apart by nothing. Failures are `KubeStatusError` (the server refused),
 * `KubeUnreachableError` (no answer) or `DeadlineError`.
 */
export interface KubeClient {
  readonly server: string;
  /** For example `v1.34.4`. */
  version(): Promise<string>;
  /** Resolves when the API server answers at all, whatever it says. @throws KubeUnreachableError */
  answers(timeoutMs: number): Promise<void>;
  /** Undefined when it does not exist. */
  get<T extends KubeObject>(ref: NamedRef): Promise<T | undefined>;
  list<T extends KubeObject>(kind: KindRef, options?: ListOptions): Promise<T[]>;
  create(object: KubeObject): Promise<KubeObject>;
  /**
   * Merge-patches an object. With a `metadata.resourceVersion` in the patch the server refuses (409) when the
   * object has changed since: https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-update
   */
  patch(ref: NamedRef, patch: object, options?: PatchOptions): Promise<KubeObject>;
  /** False when there was nothing to delete. Does not wait until it is gone. */
  delete(ref: NamedRef, options?: { gracePeriodSeconds?: number }): Promise<boolean>;
  /** Applies the documents of a YAML text as `kubectl apply` does; problems carry their place in the text. */
  apply(text: string, options: ApplyOptions): Promise<ApplyResult>;
  /** Lists and then follows a kind; comes back by itself after every interruption until disposed. */
  watch<T extends KubeObject>(kind: KindRef, options: WatchOptions, handlers: WatchHandlers<T>): Disposable;
  /** Runs a program in a pod and waits for its end. */
  exec(namespace: string, pod: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** Runs a program in a pod with its streams left open: terminals. Resolves when the stream is open. */
  openExec(
    namespace: string,
    pod: string,
    argv: readonly string[],
    options: OpenExecOptions,
  ): Promise<ExecSession>;
  /** Log bytes of a container, as they come. */
  logs(options: LogOptions): Promise<AsyncIterable<Buffer>>;
  close(): Promise<void>;
}

/**
 * @param kubeconfig the text of a kubeconfig, not its path
 * @param file where the text was read from, when it names other files by relative paths
 * @throws AppError `kubeconfig-unusable`
 */
export function createKubeClient(kubeconfig: string, file?: string): KubeClient {
  return clientFor(parseKubeconfig(kubeconfig, file));
}

/** The same for who knows already how the server is reached. */
export function clientFor(access: ClusterAccess): KubeClient {
  const transport = new Transport(access);
  const discovery = new Discovery(transport);

  const resourceOf = async (kind: KindRef): Promise<ResourceInfo> => {
    const resource = await discovery.find(kind);
    if (resource !== undefined) return resource;
    throw new AppError({
      code: 'kind-unknown',
      message: {
        en: `The cluster serves no kind "${kind.kind}" in version "${kind.apiVersion}".`,
        ko: `클러스터가 "${kind.apiVersion}" 버전의 "${kind.kind}" 종류를 제공하지 않습니다.`,
      },
    });
  };
  const pathOf = async (ref: NamedRef): Promise<string> =>
    resourcePath(await resourceOf(ref), ref.namespace ?? access.namespace, ref.name);

  const client: KubeClient = {
    server: access.server,
    async version() {
      const { body } = await transport.request('GET', '/version');
      return (body as { gitVersion?: string }).gitVersion ?? '';
    },
    async answers(timeoutMs) {
      await transport.request('GET', '/readyz', { timeoutMs }).catch((error: unknown) => {
        if (!(error instanceof KubeStatusError)) throw error;
      });
    },
    async get<T extends KubeObject>(ref: NamedRef) {
      try {
        return (await transport.request('GET', await pathOf(ref))).body as T;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async list<T extends KubeObject>(kind: KindRef, options: ListOptions = {}) {
      const { body } = await transport.request(
        'GET',
        resourcePath(await resourceOf(kind), options.namespace),
        {
          query: { labelSelector: options.labelSelector, fieldSelector: options.fieldSelector },
        },
      );
      const items = (body as { items?: T[] | null }).items ?? [];
      // Items of a list carry neither kind nor apiVersion.
      return items.map((item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }));
    },
    async create(object) {
      const resource = await resourceOf(object);
      const path = resourcePath(resource, object.metadata.namespace ?? access.namespace);
      return (await transport.request('POST', path, { body: JSON.stringify(object) })).body as KubeObject;
    },
    async patch(ref, patch, { subresource, fieldManager = 'switchyard' } = {}) {
      const path = await pathOf(ref);
      const { body } = await transport.request('PATCH', subresource ? `${path}/${subresource}` : path, {
        query: { fieldManager },
        body: JSON.stringify(patch),
        contentType: 'application/merge-patch+json',
      });
      return body as KubeObject;
    },
    async delete(ref, options = {}) {
      try {
        await transport.request('DELETE', await pathOf(ref), {
          query: { propagationPolicy: 'Background' },
          ...(options.gracePeriodSeconds === undefined
            ? {}
            : {
                body: JSON.stringify({
                  kind: 'DeleteOptions',
                  apiVersion: 'v1',
                  propagationPolicy: 'Background',
                  gracePeriodSeconds: options.gracePeriodSeconds,
                }),
              }),
        });
        return true;
      } catch (error) {
        if (isNotFound(error)) return false;
        throw error;
      }
    },
    apply: (text, options) => applyManifests({ transport, discovery }, text, options),
    watch: (kind, options, handlers) =>
      watchKind(
        transport,
        async () => resourcePath(await resourceOf(kind), options.namespace),
        kind,
        options,
        handlers,
      ),
    exec: (namespace, pod, argv, options) => execInPod(transport, { namespace, pod, argv }, options),
    openExec: (namespace, pod, argv, options) => openExec(transport, { namespace, pod, argv }, options),
    async logs(options) {
      const pod = `/api/v1/namespaces/${encodeURIComponent(options.namespace)}/pods/${encodeURIComponent(options.pod)}`;
      return transport.stream(`${pod}/log`, {
        query: {
          container: options.container,
          tailLines: options.tailLines?.toString(),
          follow: options.follow === true ? 'true' : undefined,
        },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    },
    close: () => transport.close(),
  };
  return client;
}
