import type { KubeClient } from '../kube/client.ts';
import { KubeStatusError } from '../kube/errors.ts';
import type { KubeObject } from '../kube/objects.ts';
import { refOf } from './objects.ts';

/** What had to be done. */
export type Ensured = 'created' | 'configured' | 'unchanged';

/**
 * Makes an object, or makes an existing one say what is wanted; fields that are not spoken of stay as they are. May
 * be done again after any failure.
 * @param judge throws when the one that exists must not be touched
 */
export async function ensure(
  kube: Pick<KubeClient, 'get' | 'create' | 'patch'>,
  wanted: KubeObject,
  judge: (live: KubeObject) => void = () => undefined,
): Promise<Ensured> {
  const ref = refOf(wanted);
  const live = (await kube.get(ref)) ?? (await createOrGet(kube, wanted));
  if (live === undefined) return 'created';
  judge(live);
  if (says(live, wanted)) return 'unchanged';
  const after = await kube.patch(ref, wanted);
  // The server may write a quantity in another way than it was asked for.
  return after.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'configured';
}

/** The one that was there before: an earlier attempt whose answer was lost, or somebody else, has made it. */
async function createOrGet(
  kube: Pick<KubeClient, 'get' | 'create'>,
  wanted: KubeObject,
): Promise<KubeObject | undefined> {
  try {
    await kube.create(wanted);
    return undefined;
  } catch (error) {
    if (error instanceof KubeStatusError && error.reason === 'AlreadyExists') return kube.get(refOf(wanted));
    throw error;
  }
}

/** Whether everything that is wanted is there; lists have to be equal. */
function says(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(live) &&
      live.length === wanted.length &&
      wanted.every((item, index) => says(live[index], item))
    );
  if (typeof wanted !== 'object' || wanted === null) return live === wanted;
  if (typeof live !== 'object' || live === null) return false;
  return Object.entries(wanted).every(([key, value]) => says((live as Record<string, unknown>)[key], value));
}
