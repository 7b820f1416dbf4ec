import { NAME_COLUMN, column } from '../kinds/columns.ts';
import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject } from '../objects.ts';
import type { ResourceType } from '../resources.ts';
import { methodNotAllowed, notFound, unknownPath } from '../status.ts';
import { addWarning, sendJson, type Exchange } from './exchange.ts';
import { negotiate } from './negotiation.ts';
import type { ResourceRoute } from './route.ts';
import { partialMetadata, tableOf } from './table.ts';

interface ComponentStatus extends KubeObject {
  conditions: { type: string; status: string; message: string }[];
}

const TYPE: ResourceType<ComponentStatus> = {
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  plural: 'componentstatuses',
  namespaced: false,
};

/** How the kind is told of and shown; nothing of it is stored. */
export const COMPONENT_STATUS = {
  type: TYPE,
  singular: 'componentstatus',
  shortNames: ['cs'],
  categories: [],
  subresources: [],
  verbs: ['get', 'list'],
} satisfies Pick<
  KindDefinition<ComponentStatus>,
  'type' | 'singular' | 'shortNames' | 'categories' | 'subresources'
> & { verbs: string[] };

const COLUMNS: Pick<KindDefinition<ComponentStatus>, 'columns' | 'cells'> = {
  columns: [
    NAME_COLUMN,
    column('Status', 'Status of the component conditions'),
    column('Message', 'Message of the component conditions'),
    column('Error', 'Error of the component conditions'),
  ],
  cells: ({ metadata, conditions }) => [
    metadata.name,
    conditions.some(({ type, status }) => type === 'Healthy' && status === 'True') ? 'Healthy' : 'Unhealthy',
    conditions[0]?.message ?? '',
    '',
  ],
};

/** The parts of a control plane. Here they are one process, which is well when it answers. */
const COMPONENTS = ['controller-manager', 'scheduler', 'etcd-0'];

function statusOf(name: string): Omit<ComponentStatus, 'apiVersion' | 'kind'> {
  return {
    metadata: { name } as ComponentStatus['metadata'],
    conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
  };
}

/** Serves `kubectl get componentstatuses`. Returns false for other resources. @throws ApiError 404, 405 */
export function serveComponentStatuses(route: ResourceRoute, exchange: Exchange): boolean {
  if (route.group !== '' || route.plural !== TYPE.plural) return false;
  if (route.namespace !== undefined || route.subresource !== undefined) throw unknownPath();
  const { method, request, response, query } = exchange;
  if (method !== 'GET' || (query.get('watch') ?? 'false') !== 'false') throw methodNotAllowed();
  addWarning(response, 'v1 ComponentStatus is deprecated in v1.19+');
  const { name } = route;
  if (name !== undefined && !COMPONENTS.includes(name))
    throw notFound({ ...TYPE, plural: 'componentstatus' }, name);
  const version = { apiVersion: 'v1', kind: TYPE.kind };
  const found = (name === undefined ? COMPONENTS : [name]).map((each) => ({ ...version, ...statusOf(each) }));
  const { as } = negotiate(request.headers.accept);
  if (as === 'Table')
    sendJson(
      response,
      200,
      tableOf(
        COLUMNS as unknown as KindDefinition,
        found,
        {},
        { include: 'Metadata', now: 0, withColumns: true },
      ),
    );
  else if (name === undefined)
    sendJson(response, 200, {
      kind: `${TYPE.kind}List`,
      apiVersion: 'v1',
      metadata: {},
      items: as === 'Object' ? COMPONENTS.map(statusOf) : found.map(partialMetadata),
    });
  else sendJson(response, 200, as === 'Object' ? found[0] : found.map(partialMetadata)[0]);
  return true;
}
