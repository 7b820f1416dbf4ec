import { isJsonObject } from '../../../store/json.ts';
import { itemElements, MergeFault } from './path-elements.ts';
import { formatElement } from './field-set.ts';
import type { ListType, MapType, MergeType } from './typed-schema.ts';

/**
 * What an object becomes when a configuration is applied to it: everything that the configuration says, and the
 * rest as it was. Nothing is removed. Neither argument is changed; the result shares parts with both.
 */
export function mergeObjects(
  live: Record<string, unknown>,
  config: Record<string, unknown>,
  type: MapType,
): Record<string, unknown> {
  const merged = merge(live, config, type);
  return isJsonObject(merged) ? merged : {};
}

/** Undefined is absent; null is a value. */
function merge(live: unknown, config: unknown, type: MergeType | undefined): unknown {
  if (type?.kind === 'list' && !type.atomic) {
    const left = Array.isArray(live) ? live : [];
    const right = Array.isArray(config) ? config : [];
    if (left.length > 0 || right.length > 0) return mergeItems(left, right, type);
  } else if (type?.kind === 'map' && !type.atomic) {
    const left = isJsonObject(live) ? live : {};
    const right = isJsonObject(config) ? config : {};
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    if (names.size > 0) {
      const merged: Record<string, unknown> = {};
      for (const name of names) {
        const value = merge(left[name], right[name], type.field(name));
        if (value !== undefined) merged[name] = value;
      }
      return merged;
    }
  }
  return config === undefined ? live : config;
}

/**
 * Merges two associative lists. What both have stands in the order of the configuration; what only the live list
 * has keeps its place between them.
 */
function mergeItems(live: readonly unknown[], config: readonly unknown[], type: ListType): unknown[] {
  const liveElements = itemElements(type, live);
  const configElements = itemElements(type, config);
  const configItems = new Map<string, unknown>();
  for (const [index, element] of configElements.entries()) {
    if (configItems.has(element)) throw new MergeFault(`duplicate entries for key ${formatElement(element)}`);
    configItems.set(element, config[index]);
  }
  const liveItems = new Map<string, unknown>();
  // Which of several live items with the same key is meant cannot be said: none is merged.
  for (const [index, element] of liveElements.entries())
    liveItems.set(element, liveItems.has(element) ? null : live[index]);

  const result: unknown[] = [];
  const shared = configElements.filter((element) => liveItems.has(element));
  const taken = new Set<string>();
  const takeFromConfig = (element: string): void => {
    taken.add(element);
    result.push(merge(liveItems.get(element), configItems.get(element), type.element));
    if (shared[0] === element) shared.shift();
  };
  let left = 0;
  let right = 0;
  while (left < liveElements.length || right < configElements.length) {
    const mine = liveElements[left];
    const theirs = configElements[right];
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        takeFromConfig(mine);
        left++;
        right++;
        continue;
      }
      if (configItems.has(mine) && shared[0] !== undefined && shared[0] !== mine) {
        left++;
        continue;
      }
    }
    if (mine !== undefined) {
      if (!configItems.has(mine)) {
        result.push(merge(live[left], undefined, type.element));
        left++;
        continue;
      }
      if (taken.has(mine)) left++;
    }
    if (theirs !== undefined) {
      takeFromConfig(theirs);
      right++;
    }
  }
  return result;
}
