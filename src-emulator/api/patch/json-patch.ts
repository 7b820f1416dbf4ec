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
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  const result: unknown = cloneJson(target);
  for (const error of applyPatch(result, patch as Operation[]))
    if (error !== null) throw unprocessable('the server rejected our request due to an error in our request');
  return result;
}
