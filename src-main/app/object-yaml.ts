import { stringify } from 'yaml';
import { LAST_APPLIED, type KubeObject } from '../kube/objects.ts';

/** In the order in which people read and write them. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'spec'];

/**
 * An object as YAML, for reading and for applying again after a change. Left out is what is noise to a reader
 * (who changed which field last, what was applied last: `kubectl edit` hides the former, too) and what would
 * make the server refuse the text once the object has moved on: uid, version and the like. The status stays,
 * below everything else; the server ignores it in what is applied.
 */
export function objectYaml(object: KubeObject): string {
  const {
    managedFields: _fields,
    resourceVersion: _version,
    uid: _uid,
    generation: _generation,
    creationTimestamp: _created,
    selfLink: _link,
    annotations,
    ...metadata
  } = object.metadata as KubeObject['metadata'] & { managedFields?: unknown; selfLink?: unknown };
  const { [LAST_APPLIED]: _applied, ...own } = annotations ?? {};
  const shown: Record<string, unknown> = {
    ...object,
    metadata: { ...metadata, ...(Object.keys(own).length > 0 && { annotations: own }) },
  };
  const rest = Object.keys(shown).filter((key) => !FIRST.includes(key) && key !== 'status');
  const order = [...FIRST, ...rest, 'status'].filter((key) => shown[key] !== undefined);
  return stringify(Object.fromEntries(order.map((key) => [key, shown[key]])), { lineWidth: 0 });
}
