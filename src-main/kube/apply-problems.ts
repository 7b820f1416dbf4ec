import type { ManifestProblem } from '#shared/contract.ts';
import type { StatusBody } from './objects.ts';
import type { TextRange, YamlDocument } from './yaml-documents.ts';

/**
 * Turns a refusal of the API server into problems at their places in the YAML text: causes of validation by
 * their field, unknown fields of strict decoding by their path, type errors of decoding by Go's field path.
 * What names no field is put at the document's start.
 */
export function problemsOfStatus(status: StatusBody, document: YamlDocument): ManifestProblem[] {
  const message = status.message ?? status.reason ?? 'refused without a reason';
  const strict = strictErrors(message);
  if (strict.length > 0)
    return strict.map((error) => problem(error.message, document.rangeOfField(error.field, 'key')));
  const decoded = decodeErrors(message);
  if (decoded.length > 0)
    return decoded.map((error) =>
      problem(error.message, document.rangeOfField(error.field, 'value', error.found)),
    );
  const causes = (status.details?.causes ?? []).filter(
    (cause) => cause.field !== undefined && cause.field !== '',
  );
  if (causes.length > 0)
    return causes.map((cause) => {
      const field = cause.field ?? '';
      const words = cause.message ?? cause.reason ?? message;
      return problem(`${field}: ${words}`, document.rangeOfField(field));
    });
  return [problem(message, placeOfWords(message, status, document))];
}

/** A warning of the server, at the field that it names, if it names one. */
export function problemOfWarning(warning: string, document: YamlDocument): ManifestProblem {
  const quoted =
    /unknown field "([^"]+)"/.exec(warning)?.[1] ?? /^([\w.[\]]+\.[\w.[\]]+):/.exec(warning)?.[1];
  return {
    message: warning,
    ...(quoted === undefined ? document.rangeOf([]) : document.rangeOfField(quoted, 'key')),
    severity: 'warning',
  };
}

function problem(message: string, range: TextRange): ManifestProblem {
  return { message, ...range, severity: 'error' };
}

function strictErrors(message: string): { field: string; message: string }[] {
  if (!message.includes('strict decoding error')) return [];
  return [...message.matchAll(/(unknown|duplicate) field "([^"]+)"/g)].map(([words, , field]) => ({
    field: field ?? '',
    message: words,
  }));
}

/** `json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32` */
function decodeErrors(message: string): { field: string; found: string; message: string }[] {
  return [
    ...message.matchAll(/cannot unmarshal (\S+(?: \S+)?) into Go struct field (\S+) of type (\S+)/g),
  ].map(([, found = '', path = '', type = '']) => {
    const field = path.replace(/^[A-Za-z0-9]+\./, '');
    return {
      field,
      found: found.split(' ')[0] ?? '',
      message: `${field}: is a ${found}, must be of type ${readableType(type)}`,
    };
  });
}

function readableType(type: string): string {
  if (/^u?int\d*$/.test(type)) return 'integer';
  if (type.startsWith('map[')) return 'map';
  if (type.startsWith('[]')) return 'list';
  return type.split('.').at(-1) ?? type;
}

function placeOfWords(message: string, status: StatusBody, document: YamlDocument): TextRange {
  if (status.reason === 'NotFound' && status.details?.kind === 'namespaces')
    return document.rangeOf(['metadata', 'namespace']);
  if (status.reason === 'AlreadyExists') return document.rangeOf(['metadata', 'name']);
  if (/the namespace of the (provided )?object does not match/.test(message))
    return document.rangeOf(['metadata', 'namespace']);
  return document.rangeOf([]);
}
