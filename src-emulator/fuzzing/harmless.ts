import { isJsonObject } from '../store/json.ts';
import type { Case, Step } from './case.ts';

/**
 * False for cases that would keep a real API server busy for minutes: where a Service needs an address and the
 * IPAddress made for it would be refused (a name or labels that are not valid), the server tries every address of its
 * range before it gives up, and no other Service can be made meanwhile.
 */
export function isHarmless({ steps }: Case): boolean {
  return steps.every(
    (step) => !/\/services(?:[/?]|$)/.test(step.path) || step.method === 'DELETE' || isModest(step),
  );
}

function isModest({ method, path, body }: Step): boolean {
  if (method === 'GET' || path.includes('dryRun=')) return true;
  if (
    method !== 'POST' ||
    !isJsonObject(body) ||
    !isJsonObject(body['metadata']) ||
    !isJsonObject(body['spec'])
  )
    return false;
  const { name, labels, annotations } = body['metadata'];
  const { clusterIP, type } = body['spec'];
  return (
    typeof name === 'string' &&
    /^[a-z][a-z0-9-]*$/.test(name) &&
    (labels === undefined || JSON.stringify(labels) === '{"app":"web"}') &&
    annotations === undefined &&
    (type === 'ExternalName' ||
      (typeof clusterIP === 'string' && /^(?:None|10\.96\.(?:1\d\d|99)\.\d+)$/.test(clusterIP)))
  );
}
