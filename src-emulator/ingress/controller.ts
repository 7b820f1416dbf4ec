import type { ClusterApi } from '../api/cluster-api.ts';
import type { Ingress } from '../api/objects.ts';
import { INGRESS_CLASSES, INGRESSES, SERVICES } from '../api/resources.ts';
import type { EntryPoint } from './configuration.ts';
import { reportAddress, type PublishedService } from './report-address.ts';
import { isServed, RouteTable, type Route } from './routes.ts';

const ENTRY_POINTS_ANNOTATION = 'traefik.ingress.kubernetes.io/router.entrypoints';

/** Follows Ingresses and their classes: what is served, at which entry point, and which address it reports. */
export class IngressController implements Disposable {
  readonly #api: ClusterApi;
  readonly #watches: Disposable[];
  /** By the name of an entry point; made at the first request after a change. */
  readonly #tables = new Map<string, RouteTable>();
  #served: Ingress[] | undefined;

  constructor(api: ClusterApi, published: PublishedService | undefined) {
    this.#api = api;
    const changed = (): void => {
      this.#served = undefined;
      this.#tables.clear();
      if (published !== undefined) reportAddress(api, published, this.served);
    };
    this.#watches = [
      api.watch(INGRESSES, changed),
      api.watch(INGRESS_CLASSES, changed),
      ...(published === undefined
        ? []
        : [
            api.watch(
              SERVICES,
              ({ object }) => {
                if (object.metadata.name === published.name) reportAddress(api, published, this.served);
              },
              { namespace: published.namespace },
            ),
          ]),
    ];
  }

  /** The Ingresses that are this controller's. */
  get served(): readonly Ingress[] {
    const classes = this.#api.list(INGRESS_CLASSES);
    return (this.#served ??= this.#api.list(INGRESSES).filter((ingress) => isServed(ingress, classes)));
  }

  route(entryPoint: EntryPoint, host: string, path: string): Route | undefined {
    let table = this.#tables.get(entryPoint.name);
    if (table === undefined) {
      table = new RouteTable(this.served.filter((ingress) => isAt(ingress, entryPoint)));
      this.#tables.set(entryPoint.name, table);
    }
    return table.find(host, path);
  }

  [Symbol.dispose](): void {
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }
}

/** An Ingress is served at every entry point, or at those that its annotation names. */
function isAt({ metadata }: Ingress, { name }: EntryPoint): boolean {
  const named = metadata.annotations?.[ENTRY_POINTS_ANNOTATION];
  return named === undefined || named.split(',').some((each) => each.trim() === name);
}
