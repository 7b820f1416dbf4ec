import { stringify } from 'yaml';
import type { KindDefinition } from '../api/kind-definition.ts';
import { cloneJson } from '../store/json.ts';
import type { Json, Step } from './case.ts';
import { collection } from './generate.ts';
import type { Random } from './random.ts';

/** A creation that is refused before anyone looks at the object, or read in another way than as JSON. */
export function spoiledCreation(kind: KindDefinition, base: Json, random: Random): Step {
  const object = cloneJson(base);
  const step: Step = { method: 'POST', path: `${collection(kind)}?dryRun=All`, body: object };
  const text = JSON.stringify(object);
  random.pick<() => void>([
    () => (object['kind'] = 'Foo'),
    () => (object['kind'] = 'ConfigMap'),
    () => (object['kind'] = ''),
    () => Reflect.deleteProperty(object, 'kind'),
    () => (object['kind'] = 5),
    () => (object['apiVersion'] = 'v2'),
    () => (object['apiVersion'] = 'apps/v1beta1'),
    () => (object['apiVersion'] = 'a/b/c'),
    () => Reflect.deleteProperty(object, 'apiVersion'),
    () => Reflect.deleteProperty(object, 'metadata'),
    () => (object['metadata'] = 'x'),
    () => (object['metadata'] = { name: '$NAME', namespace: 'other' }),
    () => (object['metadata'] = { namespace: 'fuzz' }),
    () => (object['spec'] = []),
    () => Reflect.deleteProperty(object, 'spec'),
    () => (step.body = [object]),
    () => (step.body = text.slice(0, random.below(text.length))),
    () => (step.body = text.replace(':', '')),
    () => (step.body = ''),
    () => (step.body = 'null'),
    () => (step.body = '5'),
    () => (step.body = `${text}}`),
    () => (step.body = text.replace('"metadata":', '"metadata":{},"metadata":')),
    () => (step.body = text.replaceAll('"name":', '"name":"twice","name":')),
    () => Object.assign(step, { type: 'application/yaml', body: stringify(object) }),
    () => Object.assign(step, { type: 'application/yaml', body: stringify(object).replace(': ', ':') }),
    () => Object.assign(step, { type: 'application/yaml', body: stringify(object).replace('  ', '\t') }),
    () => Object.assign(step, { type: 'text/plain' }),
    () => Object.assign(step, { type: 'application/foo' }),
    () => (step.path = step.path.replace('/fuzz/', '/nowhere/')),
    () => (step.path = step.path.replace('dryRun=All', 'dryRun=Foo')),
    () => (step.path += '&fieldValidation=Foo'),
    () => (step.path += `&fieldManager=${'m'.repeat(129)}`),
    () => (step.path = step.path.replace('?', 's?')),
    () => (step.method = random.pick(['PUT', 'PATCH', 'DELETE'])),
  ])();
  // Whole collections are not for the fuzzer to delete.
  if (step.method === 'DELETE') step.path = step.path.replace('?', '/$NAME?');
  return step;
}
