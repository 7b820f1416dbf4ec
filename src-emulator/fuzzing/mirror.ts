import type { KubeObject } from '../api/objects.ts';
import type { Client } from './client.ts';

/** A copy of a list that a watch keeps up to date, as an informer holds one. */
export class Mirror {
  readonly path: string;
  readonly #client: Client;
  readonly #objects = new Map<string, KubeObject>();
  readonly #end = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(client: Client, path: string) {
    this.#client = client;
    this.path = path;
  }

  /** Lists, and watches from there. */
  async start(): Promise<void> {
    const { body } = await this.#client.send({ method: 'GET', path: this.path });
    const { items, metadata } = body as { items: KubeObject[]; metadata: { resourceVersion: string } };
    for (const item of items) this.#objects.set(item.metadata.uid, item);
    this.#done = this.#follow(metadata.resourceVersion);
  }

  async #follow(from: string): Promise<void> {
    try {
      const events = this.#client.watch(`${this.path}?watch=true&resourceVersion=${from}`, this.#end.signal);
      for await (const event of events) {
        const { type, object } = event as { type: string; object: KubeObject };
        if (type === 'DELETED') this.#objects.delete(object.metadata.uid);
        else this.#objects.set(object.metadata.uid, object);
      }
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  /** Identities and versions of what it holds, in a fixed order. */
  versions(): string[] {
    return versionsOf([...this.#objects.values()]);
  }

  async stop(): Promise<void> {
    this.#end.abort();
    await this.#done;
  }
}

export function versionsOf(objects: readonly KubeObject[]): string[] {
  return objects
    .map(
      ({ metadata }) =>
        `${metadata.namespace ?? ''}/${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`,
    )
    .sort();
}
