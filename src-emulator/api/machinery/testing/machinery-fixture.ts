import type { Clock } from '../../../clock.ts';
import { ObjectStore } from '../../../store/object-store.ts';
import { ApiError, type Status } from '../../cluster-api.ts';
import { createKinds, type KindOptions } from '../../kinds/index.ts';
import type { Deployment, NewObject } from '../../objects.ts';
import { NAMESPACES } from '../../resources.ts';
import { loadSchemas } from '../../schema/index.ts';
import { createApiMachinery, type ApiMachinery } from '../machinery.ts';

const schemas = await loadSchemas();

/** The API over a store that has nothing but these namespaces; its ranges are those of kind if nothing else is said. */
export function createMachinery(
  clock: Clock,
  namespaces: readonly string[],
  ranges: Partial<KindOptions> = {},
): ApiMachinery {
  const api = createApiMachinery({
    clock,
    store: new ObjectStore(),
    schemas,
    kinds: createKinds({ serviceCidr: '10.96.0.0/16', nodePortRange: [30000, 32767], ...ranges }),
  });
  for (const name of namespaces) createNamespace(api, name);
  return api;
}

export function createNamespace(api: ApiMachinery, name: string): void {
  api.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
    spec: {},
    status: { phase: 'Active' },
  });
}

/** A Deployment in the namespace `default`. */
export function deploymentOf(name: string): NewObject<Deployment> {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
    status: {},
  };
}

/** What the API says to something that it refuses. @throws Error when it does not */
export function refusal(action: () => unknown): Status {
  try {
    action();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
  throw new Error('was not refused');
}
