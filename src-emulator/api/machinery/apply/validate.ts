import { isJsonObject } from '../../../store/json.ts';
import { formatElement } from './field-set.ts';
import { fieldElement, itemElement, MergeFault } from './path-elements.ts';
import type { MapType, MergeType, ScalarType } from './typed-schema.ts';

/**
 * Checks a configuration against its schema before it is applied.
 * @throws MergeFault that names every fault, in the words of structured-merge-diff.
 */
export function validateConfiguration(config: Record<string, unknown>, type: MapType): void {
  const faults = check(config, type);
  const [first] = faults;
  if (first === undefined) return;
  if (faults.length === 1) throw first;
  throw new MergeFault(['errors:', ...faults.map((fault) => `  ${fault.message}`)].join('\n'));
}

function check(value: unknown, type: MergeType): MergeFault[] {
  switch (type.kind) {
    case 'scalar':
      return checkScalar(value, type.holds);
    case 'list': {
      if (value === null) return [];
      if (!Array.isArray(value)) return [new MergeFault(`expected list, got ${goStruct(value)}`)];
      const faults: MergeFault[] = [];
      const seen = new Set<string>();
      for (const [index, item] of value.entries()) {
        let element = `i:${index}`;
        if (!type.atomic) {
          try {
            element = itemElement(type, item);
          } catch (error) {
            if (!(error instanceof MergeFault)) throw error;
            faults.push(new MergeFault(`element ${index}: ${error.why}`));
            return faults;
          }
          if (seen.has(element))
            faults.push(new MergeFault(`duplicate entries for key ${formatElement(element)}`));
          seen.add(element);
        }
        faults.push(...below(element, item, type.element));
      }
      return faults;
    }
    case 'map': {
      if (value === null) return [];
      if (!isJsonObject(value)) return [new MergeFault(`expected map, got ${goStruct(value)}`)];
      const faults: MergeFault[] = [];
      for (const name of Object.keys(value).sort()) {
        const element = fieldElement(name);
        const field = type.field(name);
        if (field === undefined) {
          // The real server looks no further after a field that it does not know.
          faults.push(new MergeFault('field not declared in schema', formatElement(element)));
          return faults;
        }
        faults.push(...below(element, value[name], field));
      }
      return faults;
    }
  }
}

function below(element: string, value: unknown, type: MergeType): MergeFault[] {
  return check(value, type).map((fault) => new MergeFault(fault.why, formatElement(element) + fault.path));
}

function checkScalar(value: unknown, holds: ScalarType['holds']): MergeFault[] {
  if (value === null) return [];
  switch (holds) {
    case 'numeric':
      return typeof value === 'number'
        ? []
        : [new MergeFault(`expected numeric (int or float), got ${goTypeOf(value)}`)];
    case 'string':
      return typeof value === 'string'
        ? []
        : [new MergeFault(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [new MergeFault(`expected boolean, got ${goStruct(value)}`)];
    case 'any':
      return [];
  }
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** A value as Go's `%v` prints it inside of a pointer to a struct. */
function goStruct(value: unknown): string {
  return `&{${goValue(value)}}`;
}

function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `map[${names.map((name) => `${name}:${goValue(value[name])}`).join(' ')}]`;
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  const fields = names.map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`);
  return `map[string]interface {}{${fields.join(', ')}}`;
}
