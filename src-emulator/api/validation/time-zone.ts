import type { FieldError } from '../kind-definition.ts';
import { invalid } from './errors.ts';

const NAME_PART = /^[A-Za-z._0-9+-]{1,14}$/;

/** The name of a time zone in the IANA database. */
export function validateTimeZone(zone: string, field: string): FieldError[] {
  if (zone === '') return [invalid(field, zone, 'timeZone must be nil or non-empty string')];
  const unknown = invalid(field, zone, `unknown time zone ${zone}`);
  const malformed = zone
    .split('/')
    .some((part) => part === '.' || part === '..' || part.startsWith('-') || !NAME_PART.test(part));
  if (malformed) return [unknown];
  const errors: FieldError[] = [];
  if (zone.toLowerCase() === 'local')
    errors.push(
      invalid(
        field,
        zone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    );
  if (!isKnown(zone)) errors.push(unknown);
  return errors;
}

/** JavaScript takes names in any case; the server looks for a file of that very name. */
function isKnown(zone: string): boolean {
  if (zone === 'Local') return true;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return timeZone.toLowerCase() === zone.toLowerCase() ? timeZone === zone : /^[A-Z]/.test(zone);
  } catch {
    return false;
  }
}
