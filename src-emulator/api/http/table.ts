import type { KindDefinition } from '../kind-definition.ts';
import type { KubeObject } from '../objects.ts';

/** How much of each object a table carries along. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** meta/v1 PartialObjectMetadata. */
export function partialMetadata(object: KubeObject): Record<string, unknown> {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** meta/v1 Table. */
export function tableOf(
  kind: KindDefinition,
  objects: readonly KubeObject[],
  metadata: Record<string, unknown>,
  options: {
    include: IncludeObject;
    now: number;
    withColumns: boolean;
    /** The object as it is shown in a row that carries it along; by default as it is. */
    serve?: (object: KubeObject) => KubeObject;
  },
): Record<string, unknown> {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: options.withColumns
      ? kind.columns.map((column) => ({ ...column, format: column.format ?? '' }))
      : null,
    rows: objects.map((object) => ({
      cells: kind.cells(object, options.now),
      ...(options.include === 'None'
        ? { object: null }
        : {
            object:
              options.include === 'Object' ? (options.serve?.(object) ?? object) : partialMetadata(object),
          }),
    })),
  };
}
