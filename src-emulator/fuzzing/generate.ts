import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KindDefinition } from '../api/kind-definition.ts';
import { apiVersionOf } from '../api/resources.ts';
import { cloneJson, isJsonObject } from '../store/json.ts';
import type { Case, Json, Step } from './case.ts';
import { isHarmless } from './harmless.ts';
import { makeField, mutate } from './mutate.ts';
import { makeConfiguration, makePatch } from './patches.ts';
import { Random } from './random.ts';
import { fieldsOf } from './schema.ts';
import { spoiledCreation } from './spoiled.ts';

/** The namespace that all cases live in. */
export const NAMESPACE = 'fuzz';

interface Base {
  kind: KindDefinition;
  object: Json;
}

/** Makes cases: the same from the same seed, as long as bases and values stay as they are. */
export class Generator {
  readonly #bases = new Map<string, Base[]>();

  /** @param names only kinds of these names; of all when it is empty */
  constructor(kinds: readonly KindDefinition[], names: readonly string[]) {
    const text = readFileSync(new URL('bases.yaml', import.meta.url), 'utf8');
    for (const document of parseAllDocuments(text)) {
      const object = document.toJS() as Json;
      const kind = kinds.find(
        ({ type }) => type.kind === object['kind'] && apiVersionOf(type) === object['apiVersion'],
      );
      if (kind === undefined || (names.length > 0 && !names.includes(kind.type.kind))) continue;
      const key = `${apiVersionOf(kind.type)}/${kind.type.kind}`;
      this.#bases.set(key, [...(this.#bases.get(key) ?? []), { kind, object }]);
    }
    if (this.#bases.size === 0) throw new Error(`no such kinds: ${names.join(', ')}`);
  }

  make(seed: string): Case {
    const random = new Random(seed);
    const name = `f${seed.replaceAll(/[^a-z0-9]/g, '')}`;
    // Most rules are about pods and Services.
    const kinds = [...this.#bases].flatMap(([key, bases]) =>
      Array.from({ length: Math.min(bases.length, 4) }, () => key),
    );
    const bases = this.#bases.get(random.pick(kinds)) ?? [];
    const base = random.pick(bases);
    const steps = random.weighted([
      [10, () => this.#create(base, random)],
      [10, () => this.#change(base, random)],
      [1, () => this.#collide(bases, base, random)],
      [1, () => [spoiledCreation(base.kind, base.object, random)]],
    ] as const)();
    const made = { seed, steps: resolve(steps, name, seed) as Step[] };
    return isHarmless(made) ? made : { seed, steps: made.steps.map(asDryRun) };
  }

  #create({ kind, object }: Base, random: Random): Step[] {
    const wanted = cloneJson(object);
    for (let count = random.pick([0, 1, 1, 1, 2, 2, 3, 4]); count > 0; count--)
      mutate(wanted, kind.schema, random);
    return [{ method: 'POST', path: collection(kind) + query(random, 0.85), body: wanted }];
  }

  #change({ kind, object }: Base, random: Random): Step[] {
    const stored = cloneJson(object);
    if (kind.type.kind === 'Service') fixAddress(stored, '$IP');
    else if (random.chance(0.25)) mutate(stored, kind.schema, random);
    const steps: Step[] = [{ method: 'POST', path: collection(kind), body: stored }];
    for (let count = 1 + random.below(4); count > 0; count--)
      steps.push(this.#operation(kind, stored, random));
    return steps;
  }

  #operation(kind: KindDefinition, stored: Json, random: Random): Step {
    const path = `${collection(kind)}/${nameOf(stored)}`;
    const wanted = cloneJson(stored);
    for (let count = random.pick([0, 1, 1, 1, 2, 2]); count > 0; count--) mutate(wanted, kind.schema, random);
    const dryRun = kind.type.kind === 'Service' ? 1 : 0.6;
    const has = (name: 'status' | 'scale'): number => (kind.subresources.includes(name) ? 1 : 0);
    const what = random.weighted([
      [6, 'replace'],
      [7, 'patch'],
      [4, 'apply'],
      [1.5, 'delete'],
      [has('scale') * 1.5, 'scale'],
      [has('status'), 'status'],
      [0.3, 'read'],
    ] as const);
    switch (what) {
      case 'replace':
        return { method: 'PUT', path: path + query(random, dryRun), body: wanted };
      case 'patch':
        return { method: 'PATCH', path: path + query(random, dryRun), ...makePatch(stored, wanted, random) };
      case 'apply': {
        const options = [
          ...random.pick([['fieldManager=ann'], ['fieldManager=ann'], ['fieldManager=bob'], []]),
          ...random.pick([['force=true'], ['force=false'], []]),
        ];
        return {
          method: 'PATCH',
          path: withOptions(path, [...options, ...queryOptions(random, dryRun)]),
          ...makeConfiguration(wanted, random),
        };
      }
      case 'delete':
        return {
          method: 'DELETE',
          path: path + (random.chance(0.7) ? '?dryRun=All' : ''),
          ...deletion(random),
        };
      case 'scale':
        return scaling(`${path}/scale${query(random, dryRun)}`, random);
      case 'status': {
        const field = fieldsOf(kind.schema)['status'];
        const status =
          field === undefined ? {} : makeField({ typeName: kind.schema, name: 'status', field }, random, 0);
        const to = `${path}/status${query(random, dryRun)}`;
        return random.chance(0.5)
          ? { method: 'PUT', path: to, body: { ...stored, status } }
          : { method: 'PATCH', path: to, type: 'application/merge-patch+json', body: { status } };
      }
      default:
        return { method: 'GET', path };
    }
  }

  /** Two objects that want the same name, or the same of what there is once only. */
  #collide(bases: readonly Base[], { kind, object }: Base, random: Random): Step[] {
    const second = cloneJson(random.chance(0.5) ? object : random.pick(bases).object);
    const { metadata } = second;
    if (random.chance(0.7) && isJsonObject(metadata)) metadata['name'] = '$NAME-2';
    const { spec } = second;
    if (kind.type.kind === 'Service') {
      const first = cloneJson(object);
      fixAddress(first, '$IP');
      fixAddress(second, random.pick(['$IP', '10.96.99.99']));
      return [first, second].map((body) => ({ method: 'POST', path: collection(kind), body }));
    }
    if (random.chance(0.7) && isJsonObject(spec))
      mutate(spec, fieldsOf(kind.schema)['spec']?.ref ?? '', random);
    return [
      { method: 'POST', path: collection(kind), body: object },
      { method: 'POST', path: collection(kind) + query(random, 0.5), body: second },
    ];
  }
}

/** Nothing is kept, and nothing given out. */
function asDryRun(step: Step): Step {
  if (step.method === 'GET' || step.path.includes('dryRun=')) return step;
  return { ...step, path: `${step.path}${step.path.includes('?') ? '&' : '?'}dryRun=All` };
}

/** The path of a kind's objects, those in the cases' namespace where the kind has namespaces. */
export function collection({ type }: KindDefinition): string {
  const version = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  return `${version}${type.namespaced ? `/namespaces/${NAMESPACE}` : ''}/${type.plural}`;
}

/** Gives a Service that needs one the address that it asks for. */
function fixAddress({ spec }: Json, address: string): void {
  if (!isJsonObject(spec) || spec['type'] === 'ExternalName' || spec['clusterIP'] === 'None') return;
  spec['clusterIP'] = address;
}

function nameOf(object: Json): string {
  const { metadata } = object;
  const name = isJsonObject(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' && /^[\w.$-]+$/.test(name) ? name : '$NAME';
}

function query(random: Random, dryRun: number): string {
  return withOptions('', queryOptions(random, dryRun));
}

function queryOptions(random: Random, dryRun: number): string[] {
  return [
    ...(random.chance(dryRun) ? ['dryRun=All'] : []),
    ...random.pick([['fieldValidation=Strict'], ['fieldValidation=Strict'], ['fieldValidation=Ignore'], []]),
  ];
}

function withOptions(path: string, options: readonly string[]): string {
  return options.length === 0 ? path : `${path}?${options.join('&')}`;
}

function deletion(random: Random): Pick<Step, 'body'> {
  const options = random.pick<Json | undefined>([
    undefined,
    { gracePeriodSeconds: 0 },
    { gracePeriodSeconds: -1 },
    { gracePeriodSeconds: 5 },
    { propagationPolicy: 'Background' },
    { propagationPolicy: 'Foreground' },
    { propagationPolicy: 'Orphan' },
    { propagationPolicy: 'Foo' },
    { orphanDependents: true },
    { orphanDependents: false, propagationPolicy: 'Orphan' },
    { preconditions: { uid: '00000000-0000-4000-8000-000000000000' } },
    { preconditions: { resourceVersion: '1' } },
    { dryRun: ['All'] },
    { dryRun: ['Foo'] },
    { foo: 1 },
    { gracePeriodSeconds: 'x' },
  ]);
  return options === undefined ? {} : { body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options } };
}

function scaling(path: string, random: Random): Step {
  const replicas = random.pick<unknown>([0, 1, -1, 2, '3', null, 1.5]);
  return random.chance(0.4)
    ? {
        method: 'PUT',
        path,
        body: {
          kind: 'Scale',
          apiVersion: 'autoscaling/v1',
          metadata: random.pick<Json>([{ name: '$NAME', namespace: NAMESPACE }, { name: 'other' }, {}]),
          spec: { replicas },
        },
      }
    : { method: 'PATCH', path, type: 'application/merge-patch+json', body: { spec: { replicas } } };
}

/** Puts the case's own name, address and port in the place of what stands for them. */
function resolve(value: unknown, name: string, seed: string): unknown {
  const own = new Random(`${seed} addresses`);
  const port = 30_000 + own.below(2768);
  const address = `10.96.${100 + own.below(100)}.${1 + own.below(250)}`;
  const fill = (text: string): string =>
    text.replaceAll('$NAME', name).replaceAll('$IP', address).replaceAll('$PORT', String(port));
  const visit = (inner: unknown): unknown => {
    if (inner === '$PORT') return port;
    if (typeof inner === 'string') return fill(inner);
    if (Array.isArray(inner)) return inner.map(visit);
    if (!isJsonObject(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, visit(item)]));
  };
  return visit(value);
}
