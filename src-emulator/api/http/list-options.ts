import type { FieldError } from '../kind-definition.ts';
import { badRequest } from '../status.ts';
import { invalidOptions, isTrue } from './request-options.ts';

/** What a list or a watch asks for (meta/v1 ListOptions), selectors aside. */
export interface ListOptions {
  /** Undefined: no limit. */
  limit: number | undefined;
  continue: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  sendInitialEvents: boolean;
  timeoutSeconds: number;
}

/**
 * Reads and checks the options of a list or watch, in the words of ValidateListOptions.
 * @throws ApiError 400 for what is no number, 422 for what does not go together
 */
export function listOptions(query: URLSearchParams): ListOptions {
  const limit = integer(query.get('limit'));
  const options: ListOptions = {
    limit: limit > 0 ? limit : undefined,
    continue: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    sendInitialEvents: isTrue(query.get('sendInitialEvents')),
    timeoutSeconds: integer(query.get('timeoutSeconds')),
  };
  const errors = isTrue(query.get('watch'))
    ? watchFaults(options, query.has('sendInitialEvents'))
    : listFaults(options, query.has('sendInitialEvents'));
  if (errors.length > 0) throw invalidOptions('ListOptions', errors);
  return options;
}

/** A number of the query. Nothing is 0. @throws ApiError 400 */
function integer(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!/^[+-]?\d+$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function listFaults(options: ListOptions, asksForEvents: boolean): FieldError[] {
  const { resourceVersionMatch: match, resourceVersion, continue: token } = options;
  const errors: FieldError[] = [];
  if (match !== '') {
    if (resourceVersion === '')
      errors.push(forbiddenMatch('resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (token !== '')
      errors.push(forbiddenMatch('resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan')
      errors.push(unsupportedMatch(match, '"Exact", "NotOlderThan", ""'));
    if (match === 'Exact' && resourceVersion === '0')
      errors.push(forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (asksForEvents)
    errors.push({
      type: 'FieldValueForbidden',
      field: 'sendInitialEvents',
      detail: 'Forbidden: sendInitialEvents is forbidden for list',
    });
  return errors;
}

function watchFaults(options: ListOptions, asksForEvents: boolean): FieldError[] {
  const { resourceVersionMatch: match, continue: token } = options;
  const errors: FieldError[] = [];
  if (asksForEvents && match !== 'NotOlderThan')
    errors.push(forbiddenMatch('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match === '') return errors;
  if (!asksForEvents)
    errors.push(
      forbiddenMatch('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    );
  if (match !== 'NotOlderThan') errors.push(unsupportedMatch(match, '"NotOlderThan"'));
  if (token !== '')
    errors.push(forbiddenMatch('resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}

function forbiddenMatch(why: string): FieldError {
  return { type: 'FieldValueForbidden', field: 'resourceVersionMatch', detail: `Forbidden: ${why}` };
}

function unsupportedMatch(match: string, supported: string): FieldError {
  return {
    type: 'FieldValueNotSupported',
    field: 'resourceVersionMatch',
    detail: `Unsupported value: ${JSON.stringify(match)}: supported values: ${supported}`,
  };
}
