import type { ClusterApi } from '../api/cluster-api.ts';
import { PERSISTENT_VOLUME_CLAIMS } from '../api/resources.ts';
import type { ContainerRuntime, FileSystem } from '../images/types.ts';

export interface ClaimStorage extends Disposable {
  /** What the claim holds; undefined when there is no such claim. */
  readonly storage: (namespace: string, name: string) => FileSystem | undefined;
}

/**
 * The contents of PersistentVolumeClaims. They outlive the pods that mount them and end with the claim; every
 * node sees the same.
 */
export function createClaimStorage(api: ClusterApi, runtime: ContainerRuntime): ClaimStorage {
  const contents = new Map<string, FileSystem>();
  const watch = api.watch(PERSISTENT_VOLUME_CLAIMS, ({ type, object }) => {
    if (type === 'DELETED') contents.delete(object.metadata.uid);
  });
  return {
    storage(namespace, name) {
      const claim = api.get(PERSISTENT_VOLUME_CLAIMS, namespace, name);
      if (claim === undefined) return undefined;
      const content = contents.get(claim.metadata.uid) ?? runtime.createVolume();
      contents.set(claim.metadata.uid, content);
      return content;
    },
    [Symbol.dispose]: () => watch[Symbol.dispose](),
  };
}
