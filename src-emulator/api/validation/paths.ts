/** Paths in volumes. */
import type { FieldError } from '../kind-definition.ts';
import { invalid } from './errors.ts';

/** A path below a volume: relative, and never upwards. */
export function validateRelativePath(path: string, field: string): FieldError[] {
  return [
    ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
    ...validateNoBacksteps(path, field),
  ];
}

export function validateNoBacksteps(path: string, field: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

/** A path below a volume that does not look like what the kubelet writes for itself (`..data`). */
export function validateUnreservedPath(path: string, field: string): FieldError[] {
  const errors = validateRelativePath(path, field);
  // Ending with `..` was refused above.
  if (path.startsWith('..') && !path.startsWith('../') && path !== '..')
    errors.push(invalid(field, path, "must not start with '..'"));
  return errors;
}
