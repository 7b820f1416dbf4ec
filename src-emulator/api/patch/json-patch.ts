import { applyPatch, type Operation } from 'rfc6902';
import { cloneJson } from '../../store/json.ts';
import { badRequest, unprocessable } from '../status.ts';

/**
 * Applies a JSON patch (RFC 6902) and returns the result; neither argument is changed.
 * @throws ApiError 400 when the patch is not a list of operations, 422 when one cannot be applied.
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${typeof patch} into Go value of type []handlers.jsonPatchOp`,
    );
  const result: unknown = cloneJson(target);
  const refused = unprocessable('the server rejected our request due to an error in our request');
  for (const operation of patch as Partial<Operation>[]) {
    if (operation.path?.startsWith('/') === false && operation.path !== '') throw refused;
    const [error] = applyPatch(result, [operation as Operation]);
    if (error === null) continue;
    // The server's library replaces what is not there, as long as it has a place in an object.
    if (operation.op !== 'replace' || /\/\d+$/.test(operation.path ?? '')) throw refused;
    if (applyPatch(result, [{ ...operation, op: 'add' } as Operation]).some((again) => again !== null))
      throw refused;
  }
  return result;
}
