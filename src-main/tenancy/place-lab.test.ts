import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { labContent } from '../labs/content.ts';
import type { Lab } from '../labs/lab.ts';
import { loadLab } from '../labs/library.ts';
import { placeLab } from './place-lab.ts';
import { placeManifest } from './place-manifest.ts';
import { placeCode, placeMarkdown } from './place-words.ts';

const LAB = join(import.meta.dirname, '..', '..', 'labs', 'cluster-ip');
const OWN = /(?<![\w-])(shop|depot)\b/;
const placement = new Map([
  ['shop', 'alice-shop'],
  ['depot', 'alice-depot'],
]);

let lab: Lab;
let placed: Lab;
beforeAll(async () => {
  const loaded = await loadLab(LAB);
  if (loaded.lab === undefined) throw new Error(JSON.stringify(loaded.problems));
  lab = loaded.lab;
  placed = placeLab(lab, { learner: 'alice', prefix: 'alice-' });
});

describe('a lab in a learner’s namespaces', () => {
  it('names no other namespace in its structure, in manifests, solutions and known mistakes', () => {
    expect(placed.file.spec.namespaces).toEqual(['alice-shop', 'alice-depot']);
    expect(placed.client).toEqual({ namespace: 'alice-shop', pod: 'client' });
    const manifests = [
      placed.clientManifest,
      ...placed.steps.flatMap((step) => [...step.setup, ...step.starters, ...step.solution.files]),
      ...placed.wrong.flatMap(({ files }) => files),
    ];
    expect(manifests.length).toBeGreaterThan(15);
    for (const { name, yaml } of manifests) expect(yaml, name).not.toMatch(OWN);
    for (const { spec, solution, id } of placed.steps) {
      expect(JSON.stringify(spec), id).not.toMatch(OWN);
      expect(JSON.stringify(solution.actions), id).not.toMatch(OWN);
    }
    for (const { name, actions, message } of placed.wrong)
      expect(JSON.stringify([actions, message]), name).not.toMatch(OWN);
  });

  it('names no other namespace in what a learner copies', () => {
    const { objectives, debrief, steps } = labContent(placed);
    for (const locale of ['en', 'ko'] as const) {
      const texts = [
        objectives[locale],
        debrief[locale],
        ...steps.map(({ prose }) => prose[locale]),
        ...placed.steps.flatMap(({ hints, explanation }) =>
          [...hints, explanation].map((text) => text[locale]),
        ),
      ];
      const code = texts.flatMap((text) => text.match(/^```[\s\S]*?^```|`[^`\n]+`/gm) ?? []);
      expect(code.length).toBeGreaterThan(40);
      for (const each of code) expect(each).not.toMatch(OWN);
      expect(
        steps
          .at(-1)
          ?.checks.map(({ title }) => title[locale])
          .join(' '),
      ).toContain('http://stock.alice-depot');
    }
  });

  it('takes the answers that are right there, and knows the same mistakes', () => {
    const answer = placed.steps.at(-1)?.spec.checks.find(({ id }) => id === 'full-name');
    expect(answer).toMatchObject({
      accept: [{ pattern: String.raw`stock\.alice-depot\.svc\.cluster\.local\.?` }],
      traps: [
        { matches: { pattern: 'stock' } },
        { matches: { pattern: String.raw`stock\.alice-shop(\..*)?` } },
        { matches: { pattern: String.raw`stock\.alice-depot(\.svc)?\.?` } },
      ],
    });
    expect(placed.wrong.find(({ name }) => name === 'wrong-namespace')?.message).toBe(
      'there is one in alice-depot',
    );
  });

  it('keeps everything else, and the lab that it was made of', () => {
    const back = (text: string): string => text.replaceAll('alice-', '');
    for (const [index, step] of placed.steps.entries()) {
      const before = lab.steps[index];
      expect(back(JSON.stringify(step.spec))).toBe(JSON.stringify(before?.spec));
      for (const [n, { yaml }] of step.setup.entries()) expect(back(yaml)).toBe(before?.setup[n]?.yaml);
    }
    expect(lab.file.spec.namespaces).toEqual(['shop', 'depot']);
    expect(placed.prepared?.standsFor.get('alice-shop')).toBe('shop');
  });
});

describe('words', () => {
  it('that are a namespace only by chance stay', () => {
    expect(
      placeManifest(
        'metadata: { name: shop, labels: { app: shop } }\nspec: { image: "x/shop:1" }',
        placement,
      ),
    ).toBe('metadata: { name: shop, labels: { app: shop } }\nspec: { image: "x/shop:1" }');
    expect(placeCode('kubectl get pods -l app=shop', placement)).toBe('kubectl get pods -l app=shop');
    expect(placeMarkdown('You are running a small shop. See `shop`.', placement)).toBe(
      'You are running a small shop. See `alice-shop`.',
    );
    expect(placeCode('-n workshop; cat shop.yaml', placement)).toBe('-n workshop; cat shop.yaml');
  });

  it('that name it are found in every way of writing it', () => {
    expect(
      placeManifest(
        'kind: Namespace\nmetadata:\n  name: "shop" # namespace shop\n---\nmatchLabels: { kubernetes.io/metadata.name: depot }\nenv: [{ name: URL, value: http://stock.depot:80/a }]\nargs: [--namespace=shop, web.shop.svc]',
        placement,
      ),
    ).toBe(
      'kind: Namespace\nmetadata:\n  name: "alice-shop" # namespace alice-shop\n---\nmatchLabels: { kubernetes.io/metadata.name: alice-depot }\nenv: [{ name: URL, value: http://stock.alice-depot:80/a }]\nargs: [--namespace=alice-shop, web.alice-shop.svc]',
    );
    expect(
      placeCode('kubectl -n shop exec client -- curl stock.depot/x; kubectl delete ns depot', placement),
    ).toBe('kubectl -n alice-shop exec client -- curl stock.alice-depot/x; kubectl delete ns alice-depot');
  });

  it('in a picture of a name keep what is drawn below them', () => {
    const picture = '```text\nweb . shop . svc\n |     |      |\n |     its namespace\n its name\n```';
    expect(placeMarkdown(picture, placement)).toBe(
      '```text\nweb . alice-shop . svc\n |     |            |\n |     its namespace\n its name\n```',
    );
  });
});
