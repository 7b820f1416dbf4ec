import type { KindDefinition } from '../kind-definition.ts';
import type { ApiMachinery } from '../machinery/machinery.ts';
import type { KubeObject } from '../objects.ts';
import { servedType } from '../machinery/registry.ts';
import { apiVersionOf } from '../resources.ts';
import { sendJson, sendText, type Exchange } from './exchange.ts';
import type { Page } from './list.ts';
import { negotiate, type Representation } from './negotiation.ts';
import { partialMetadata, tableOf, type IncludeObject } from './table.ts';
import { serveWatch } from './watch.ts';

/** Renders objects in the form that the client accepts. */
export class View {
  readonly #machinery: ApiMachinery;
  readonly #kind: KindDefinition;
  readonly #exchange: Exchange;
  readonly #representation: Representation;
  readonly #include: IncludeObject;

  constructor(machinery: ApiMachinery, kind: KindDefinition, exchange: Exchange) {
    this.#machinery = machinery;
    this.#kind = kind;
    this.#exchange = exchange;
    this.#representation = negotiate(exchange.request.headers.accept);
    const include = exchange.query.get('includeObject');
    this.#include = include === 'None' || include === 'Object' ? include : 'Metadata';
  }

  send(code: number, object: KubeObject): void {
    this.#answer(code, this.#render(object, true));
  }

  sendList(page: Page): void {
    const type = servedType(this.#kind);
    let body: unknown;
    switch (this.#representation.as) {
      case 'Table':
        body = this.#table(page.objects, page.metadata, true);
        break;
      case 'Object':
        body = {
          kind: `${type.kind}List`,
          apiVersion: apiVersionOf(type),
          metadata: page.metadata,
          items: page.objects
            .map((object) => this.#serve(object))
            .map(({ apiVersion: _apiVersion, kind: _kind, ...rest }) => rest),
        };
        break;
      default:
        body = {
          kind: 'PartialObjectMetadataList',
          apiVersion: 'meta.k8s.io/v1',
          metadata: page.metadata,
          items: page.objects.map(partialMetadata),
        };
    }
    this.#answer(200, body);
  }

  watch(namespace: string | undefined, name: string | undefined): void {
    serveWatch(this.#machinery, { kind: this.#kind, namespace, name }, this.#exchange, (object, first) =>
      this.#render(object, first),
    );
  }

  #answer(code: number, body: unknown): void {
    const { response } = this.#exchange;
    if (!this.#representation.yaml) sendJson(response, code, body);
    else
      void import('yaml').then(({ stringify }) => {
        const text = stringify(body, {
          schema: 'yaml-1.1',
          sortMapEntries: true,
          lineWidth: 0,
          indentSeq: false,
        });
        sendText(response, code, text, 'application/yaml');
      });
  }

  #render(object: KubeObject, withColumns: boolean): unknown {
    switch (this.#representation.as) {
      case 'Table': {
        // A bookmark has no name, and no row.
        const rows = 'name' in object.metadata ? [object] : [];
        return this.#table(rows, { resourceVersion: object.metadata.resourceVersion }, withColumns);
      }
      case 'Object':
        return this.#serve(object);
      default:
        return partialMetadata(object);
    }
  }

  /** The object in the version that was asked for. A bookmark, which has no name, is of that version already. */
  #serve(object: KubeObject): KubeObject {
    const { served } = this.#kind;
    if (served === undefined || !('name' in object.metadata)) return object;
    return this.#machinery.schemas.inOrder(served.schema, served.fromStored(object));
  }

  #table(objects: readonly KubeObject[], metadata: Record<string, unknown>, withColumns: boolean): unknown {
    return tableOf(this.#kind, objects, metadata, {
      include: this.#include,
      serve: (object) => this.#serve(object),
      now: this.#machinery.clock.now(),
      withColumns,
    });
  }
}
