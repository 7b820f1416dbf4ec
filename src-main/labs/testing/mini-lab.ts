import { labFileSchema, labTextSchema } from '#shared/lab-format.ts';
import { verbatim } from '#shared/locale.ts';
import type { Lab } from '../lab.ts';

const CLIENT =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: client, namespace: mini }\nspec: { containers: [] }\n';
const KEEP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: keep }\ndata: { a: "1" }\n';
const COLOR = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'mini', name: 'color' };
export const KEPT = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'mini', name: 'keep' };

/** A lab of two steps over two ConfigMaps, for tests on a cluster in memory. */
export function miniLab(): Lab {
  const file = labFileSchema.parse({
    apiVersion: 'switchyard.dev/v1',
    kind: 'Lab',
    metadata: { id: 'mini', version: 1, difficulty: 'beginner', durationMinutes: 5 },
    spec: {
      images: ['example:1'],
      namespaces: ['mini'],
      client: { pod: 'mini/client', manifest: 'client.yaml' },
      steps: [
        {
          id: 'one',
          setup: { manifests: ['keep.yaml'] },
          hints: 2,
          protect: [KEPT],
          checks: [
            {
              id: 'blue',
              kind: 'resource',
              points: 2,
              object: COLOR,
              expect: [{ path: 'data.color', equals: 'blue', finding: 'not-blue' }],
            },
            { id: 'kept', kind: 'unchanged', points: 1 },
            { id: 'ask', kind: 'answer', points: 1, choices: ['yes', 'no'], correct: 'yes' },
          ],
        },
        {
          id: 'two',
          checks: [
            {
              id: 'red',
              kind: 'resource',
              points: 3,
              object: COLOR,
              expect: [{ path: 'data.color', equals: 'red' }],
            },
          ],
        },
      ],
    },
  });
  const check = { title: 't', question: 'q', choices: { yes: 'y', no: 'n' } };
  const text = (why: string) =>
    labTextSchema.parse({
      title: 'Mini',
      summary: 's',
      steps: {
        one: {
          title: 'One',
          hints: ['h1', 'h2'],
          checks: { blue: { ...check, why: { 'not-blue': why } }, kept: check, ask: check },
        },
        two: { title: 'Two', checks: { red: check } },
      },
    });
  const [one, two] = file.spec.steps;
  if (one === undefined || two === undefined) throw new Error('two steps');
  const blank = verbatim('');
  return {
    id: 'mini',
    directory: '/labs/mini',
    file,
    text: { en: text('Paint it blue.'), ko: text('파란색으로 칠하세요.') },
    objectives: blank,
    debrief: blank,
    clientManifest: { name: 'client.yaml', yaml: CLIENT },
    client: { namespace: 'mini', pod: 'client' },
    wrong: [],
    steps: [
      {
        id: 'one',
        spec: one,
        prose: blank,
        setup: [{ name: 'keep.yaml', yaml: KEEP }],
        starters: [],
        hints: [verbatim('h1'), verbatim('h2')],
        explanation: blank,
        solution: {
          actions: [{ apply: 'blue.yaml' }, { answer: 'ask', value: 'yes' }],
          files: [{ name: 'blue.yaml', yaml: color('blue') }],
        },
      },
      {
        id: 'two',
        spec: two,
        prose: blank,
        setup: [],
        starters: [],
        hints: [],
        explanation: blank,
        solution: { actions: [{ apply: 'red.yaml' }], files: [{ name: 'red.yaml', yaml: color('red') }] },
      },
    ],
  };
}

/** The manifest of the ConfigMap that the learner is to paint. */
export function color(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: color, namespace: mini }\ndata: { color: ${name} }\n`;
}
