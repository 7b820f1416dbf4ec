/**
 * Kinds that every Kubernetes serves and whose purpose is not emulated: extensions of the API, drivers of storage and
 * devices, priorities of requests. They can be listed, and hold what a new cluster has of them; who writes one is told
 * that the server does not allow it, rather than that something was made which then does nothing.
 */
import type { KindDefinition, TableColumn } from '../kind-definition.ts';
import type { APIService, CSINode, KubeObject } from '../objects.ts';
import { API_SERVICES, CSI_NODES, type ResourceType } from '../resources.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN } from './columns.ts';

type Particulars<T extends KubeObject> = Partial<
  Pick<KindDefinition<T>, 'shortNames' | 'categories' | 'subresources'>
> & {
  /** What stands between the name and the age. */
  columns?: TableColumn[];
  cells?: (object: T) => (string | number | boolean | null)[];
};

/** @param packageName the Go package of its types, as in `io.k8s.api.node.v1` */
function readOnlyKind<T extends KubeObject>(
  type: ResourceType<T>,
  packageName: string,
  { columns = [], cells = () => [], ...particulars }: Particulars<T> = {},
): KindDefinition<T> {
  return {
    type,
    singular: type.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    subresources: [],
    ...particulars,
    schema: `${packageName}.${type.kind}`,
    nameFormat: 'path',
    hasGeneration: false,
    isReadOnly: true,
    applyDefaults: () => undefined,
    prepareForCreate: () => undefined,
    prepareForUpdate: () => undefined,
    validate: () => [],
    validateUpdate: () => [],
    columns: [NAME_COLUMN, ...columns, AGE_COLUMN],
    cells: (object, now) => [
      object.metadata.name,
      ...cells(object),
      ageOf(object.metadata.creationTimestamp, now),
    ],
    fieldSelectors: {},
  };
}

/** A kind that no object of is ever there. */
function emptyKind(
  group: string,
  kind: string,
  plural: string,
  particulars: Particulars<KubeObject> & { namespaced?: true } = {},
): KindDefinition {
  const { namespaced = false, ...others } = particulars;
  const root = group === 'apiextensions.k8s.io' ? 'io.k8s.apiextensions-apiserver.pkg.apis' : 'io.k8s.api';
  return readOnlyKind(
    { group, version: 'v1', kind, plural, namespaced },
    `${root}.${group.split('.')[0] ?? ''}.v1`,
    others,
  );
}

const EXTENSIONS = { categories: ['api-extensions'] };
const WITH_STATUS: Particulars<KubeObject> = { subresources: ['status'] };

export const API_SERVICE_KIND: KindDefinition<APIService> = readOnlyKind(
  API_SERVICES,
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
  {
    ...EXTENSIONS,
    subresources: ['status'],
    columns: [
      column('Service', 'The reference to the service that hosts this API endpoint.'),
      column('Available', 'Whether this service is available.'),
    ],
    cells: ({ status }) => [
      'Local',
      (status.conditions ?? []).find(({ type }) => type === 'Available')?.status ?? 'Unknown',
    ],
  },
);

export const CSI_NODE_KIND: KindDefinition<CSINode> = readOnlyKind(CSI_NODES, 'io.k8s.api.storage.v1', {
  columns: [
    column('Drivers', 'Drivers indicates the number of CSI drivers registered on the node', 'integer'),
  ],
  cells: ({ spec }) => [(spec.drivers ?? []).length],
});

export const EMPTY_KINDS: readonly KindDefinition[] = [
  emptyKind(
    'admissionregistration.k8s.io',
    'MutatingWebhookConfiguration',
    'mutatingwebhookconfigurations',
    EXTENSIONS,
  ),
  emptyKind('admissionregistration.k8s.io', 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies', {
    ...EXTENSIONS,
    ...WITH_STATUS,
  }),
  emptyKind(
    'admissionregistration.k8s.io',
    'ValidatingAdmissionPolicyBinding',
    'validatingadmissionpolicybindings',
    EXTENSIONS,
  ),
  emptyKind(
    'admissionregistration.k8s.io',
    'ValidatingWebhookConfiguration',
    'validatingwebhookconfigurations',
    EXTENSIONS,
  ),
  emptyKind('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', {
    ...EXTENSIONS,
    ...WITH_STATUS,
    shortNames: ['crd', 'crds'],
  }),
  emptyKind('flowcontrol.apiserver.k8s.io', 'FlowSchema', 'flowschemas', WITH_STATUS),
  emptyKind(
    'flowcontrol.apiserver.k8s.io',
    'PriorityLevelConfiguration',
    'prioritylevelconfigurations',
    WITH_STATUS,
  ),
  emptyKind('resource.k8s.io', 'DeviceClass', 'deviceclasses'),
  emptyKind('resource.k8s.io', 'ResourceClaim', 'resourceclaims', { ...WITH_STATUS, namespaced: true }),
  emptyKind('resource.k8s.io', 'ResourceClaimTemplate', 'resourceclaimtemplates', { namespaced: true }),
  emptyKind('resource.k8s.io', 'ResourceSlice', 'resourceslices'),
  emptyKind('storage.k8s.io', 'CSIDriver', 'csidrivers'),
  emptyKind('storage.k8s.io', 'CSIStorageCapacity', 'csistoragecapacities', { namespaced: true }),
  emptyKind('storage.k8s.io', 'VolumeAttachment', 'volumeattachments', WITH_STATUS),
  emptyKind('storage.k8s.io', 'VolumeAttributesClass', 'volumeattributesclasses', { shortNames: ['vac'] }),
];
