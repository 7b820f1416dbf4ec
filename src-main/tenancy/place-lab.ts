import type { LabText } from '#shared/lab-format.ts';
import type { LabManifest } from '#shared/lab-view.ts';
import type { LocalizedText } from '#shared/locale.ts';
import type { Lab, Script, Step } from '../labs/lab.ts';
import type { Tenancy } from '../providers/provider.ts';
import { placeManifest } from './place-manifest.ts';
import { placeCode, placeDnsNames, placeMarkdown, placeSentence, type Placement } from './place-words.ts';

/**
 * A lab in a learner's prepared namespaces: `shop` is called `alice-shop` in its manifests, checks, answers and
 * in the code of its texts.
 */
export function placeLab(lab: Lab, tenancy: Tenancy): Lab {
  const placement: Placement = new Map(
    lab.file.spec.namespaces.map((name) => [name, `${tenancy.prefix}${name}`]),
  );
  const files = (manifests: LabManifest[]): LabManifest[] =>
    manifests.map(({ name, yaml }) => ({ name, yaml: placeManifest(yaml, placement) }));
  const script = ({ actions, files: named }: Script): Script => ({
    actions: placeValue(actions, placement),
    files: files(named),
  });
  const markdown = (text: LocalizedText): LocalizedText => ({
    en: placeMarkdown(text.en, placement),
    ko: placeMarkdown(text.ko, placement),
  });
  const step = (each: Step): Step => ({
    ...each,
    spec: placeValue(each.spec, placement),
    prose: markdown(each.prose),
    setup: files(each.setup),
    starters: files(each.starters),
    hints: each.hints.map(markdown),
    solution: script(each.solution),
    explanation: markdown(each.explanation),
  });
  return {
    ...lab,
    file: { ...lab.file, spec: placeValue(lab.file.spec, placement) },
    text: { en: placeText(lab.text.en, placement), ko: placeText(lab.text.ko, placement) },
    objectives: markdown(lab.objectives),
    debrief: markdown(lab.debrief),
    clientManifest: {
      name: lab.clientManifest.name,
      yaml: placeManifest(lab.clientManifest.yaml, placement),
    },
    client: { ...lab.client, namespace: placement.get(lab.client.namespace) ?? lab.client.namespace },
    steps: lab.steps.map(step),
    wrong: lab.wrong.map((wrong) => ({
      ...wrong,
      ...script(wrong),
      message: placeSentence(wrong.message, placement),
    })),
    prepared: {
      learner: tenancy.learner,
      standsFor: new Map([...placement].map(([name, placed]) => [placed, name])),
    },
  };
}

/** Keys whose values are no names of the cluster: they stay, whatever word they are. */
const OTHER_WORDS = new Set([
  'id',
  'path',
  'labels',
  'pods',
  'finding',
  'manifests',
  'images',
  'starters',
  'choices',
]);

/** Every field that names a namespace, a pod with its namespace, or a DNS name. */
function placeValue<T>(value: T, placement: Placement): T {
  return placed(value, '', placement) as T;
}

function placed(value: unknown, key: string, placement: Placement): unknown {
  if (OTHER_WORDS.has(key) && !isPodsOfNamespace(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => placed(item, key, placement));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, placed(inner, name, placement)]),
    );
  if (typeof value !== 'string') return value;
  switch (key) {
    case 'namespace':
    case 'namespaces':
      return placement.get(value) ?? value;
    case 'focus':
    case 'from':
    case 'pod':
    case 'exec':
    case 'run':
      return placeCode(value, placement);
    case 'service':
    case 'endpoints':
    case 'rollout':
    case 'nodePort':
    case 'loadBalancer':
    case 'secret':
    case 'configMap':
      return value.includes('/') ? placeCode(value, placement) : value;
    default:
      return placeDnsNames(value, placement);
  }
}

/** `pods` is a map of labels in some checks; where it is more than that it names a namespace. */
function isPodsOfNamespace(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'labels') === 'object';
}

function placeText(text: LabText, placement: Placement): LabText {
  return placedText(text, placement) as LabText;
}

function placedText(value: unknown, placement: Placement): unknown {
  if (typeof value === 'string') return placeMarkdown(value, placement);
  if (Array.isArray(value)) return value.map((item: unknown) => placedText(item, placement));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, placedText(inner, placement)]),
    );
  return value;
}
