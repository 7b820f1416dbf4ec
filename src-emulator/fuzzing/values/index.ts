import { VALUES_BY_NAME } from './by-name.ts';
import { CLUSTER_VALUES } from './cluster.ts';
import { METADATA_VALUES } from './metadata.ts';
import { NETWORK_VALUES } from './network.ts';
import { POD_VALUES } from './pods.ts';
import { STORAGE_VALUES } from './storage.ts';
import { WORKLOAD_VALUES } from './workloads.ts';

export { GENERIC_VALUES } from './by-type.ts';
export { MAP_KEYS } from './map-keys.ts';
export { WRONG_TYPES } from './wrong-types.ts';

/**
 * What is worth trying in a field: values that are allowed, that stand at a limit, and that are refused. Looked up
 * by type and field (`ServiceSpec.type`), then by the field's name, then by the type of its value. `$NAME`, `$IP` and
 * `$PORT` stand for what belongs to the case alone.
 */
export const FIELD_VALUES: Record<string, readonly unknown[]> = {
  ...METADATA_VALUES,
  ...POD_VALUES,
  ...WORKLOAD_VALUES,
  ...NETWORK_VALUES,
  ...STORAGE_VALUES,
  ...CLUSTER_VALUES,
  ...VALUES_BY_NAME,
};
