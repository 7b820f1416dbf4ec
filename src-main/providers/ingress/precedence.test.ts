import { expect, test } from 'vitest';
import { fileText } from './file-configuration.ts';
import type { Ingress } from '../../kube/ingress-objects.ts';
import { precedenceConfiguration, type PrecedenceInput } from './precedence.ts';
import { expectedAnswer } from './testing/ingress-api.ts';
import { CLASS, ingress, service, slice, type IngressText } from './testing/objects.ts';
import { answersOf } from './testing/traefik-model.ts';

function inputOf(...ingresses: Ingress[]): PrecedenceInput {
  const names = ['web', 'api', 'docs', 'fallback'];
  return {
    ingresses,
    ingressClasses: [CLASS],
    services: names.map((name) => service(name)),
    endpointSlices: names.map((name) => slice(name, ['10.244.1.5'])),
  };
}

const one = (text: IngressText): PrecedenceInput => inputOf(ingress('one', text));

/** Asks for `host/path`. */
function answers(input: PrecedenceInput, url: string): Set<string> {
  const slash = url.indexOf('/');
  return answersOf(input, precedenceConfiguration(input), url.slice(0, slash), url.slice(slash));
}

const TABLE: [string, PrecedenceInput, Record<string, string>][] = [
  [
    'exact before prefix, whatever their lengths',
    one({ rules: [['', ['/ web:80', '=/foo api:80', '/foo docs:80']]] }),
    { 'a.test/foo': 'shop/api/80', 'a.test/foo/': 'shop/docs/80', 'a.test/bar': 'shop/web/80' },
  ],
  [
    'prefixes go by path elements, the longest first',
    one({ rules: [['', ['/foo web:80', '/foo/bar api:80']]] }),
    { 'a.test/foo/bar/x': 'shop/api/80', 'a.test/foo/barx': 'shop/web/80', 'a.test/foobar': '404' },
  ],
  [
    'a slash at the end of a prefix says nothing, an exact path means it',
    one({ rules: [['', ['/foo/ web:80', '=/foo api:80']]] }),
    { 'a.test/foo': 'shop/api/80', 'a.test/foo/': 'shop/web/80', 'a.test/foo/x': 'shop/web/80' },
  ],
  [
    'exact host, then wildcard, then any',
    one({
      rules: [
        ['', ['/long/enough/to/win api:80']],
        ['*.example.com', ['/ docs:80']],
        ['a.example.com', ['/ web:80']],
      ],
    }),
    {
      'a.example.com/long/enough/to/win': 'shop/web/80',
      'b.example.com/long/enough/to/win': 'shop/docs/80',
      'a.b.example.com/long/enough/to/win': 'shop/api/80',
      'example.com/': '404',
    },
  ],
  [
    'a rule for every host serves what the rules for the host leave',
    one({
      rules: [
        ['', ['/ docs:80']],
        ['a.example.com', ['/api api:80']],
      ],
    }),
    { 'a.example.com/api': 'shop/api/80', 'a.example.com/': 'shop/docs/80' },
  ],
  [
    'a path that is left out is every path',
    one({
      rules: [
        ['', [' web:80', '=/foo api:80']],
        ['a.test', [' docs:80']],
      ],
    }),
    { 'b.test/x': 'shop/web/80', 'b.test/foo': 'shop/api/80', 'a.test/foo': 'shop/docs/80' },
  ],
  [
    'two Ingresses ask for the same: the older has it',
    inputOf(
      ingress('young', { age: 2, rules: [['a.test', ['/ api:80']]] }),
      ingress('zold', { age: 1, rules: [['a.test', ['/ web:80']]] }),
    ),
    { 'a.test/': 'shop/web/80' },
  ],
  [
    'routers that Traefik gives one name: all are there',
    inputOf(
      ingress('shop', { rules: [['api.example.com', ['/ api:80']]] }),
      ingress('shop-api', { rules: [['example.com', ['/ web:80']]] }),
    ),
    { 'api.example.com/': 'shop/api/80', 'example.com/': 'shop/web/80' },
  ],
  [
    'a Service that does not exist is 503 and not the next best route',
    one({ rules: [['', ['/ web:80', '/api nope:80', '=/docs docs:81']]] }),
    { 'a.test/api': '503', 'a.test/docs': '503', 'a.test/': 'shop/web/80' },
  ],
  [
    'ports by name',
    one({ rules: [['', ['/ web:http', '=/x api:http']]] }),
    { 'a.test/': 'shop/web/http', 'a.test/x': 'shop/api/http' },
  ],
  [
    'an Ingress that is only a default backend',
    one({ defaultBackend: 'fallback:80' }),
    { 'a.test/x': 'shop/fallback/80' },
  ],
  [
    'a default backend whose Service does not exist',
    one({ defaultBackend: 'nope:80' }),
    { 'a.test/x': '503' },
  ],
  [
    'a default backend beside rules',
    one({ defaultBackend: 'fallback:http', rules: [['a.test', ['/api api:80']]] }),
    { 'a.test/api': 'shop/api/80', 'a.test/': 'shop/fallback/http', 'b.test/': 'shop/fallback/http' },
  ],
  [
    'the default backend of the host before that of everything',
    inputOf(
      ingress('all', { age: 1, defaultBackend: 'docs:80' }),
      ingress('one', { age: 2, defaultBackend: 'fallback:80', rules: [['a.test', ['/api api:80']]] }),
    ),
    { 'a.test/': 'shop/fallback/80', 'b.test/': 'shop/docs/80' },
  ],
  [
    'of several default backends the oldest',
    inputOf(
      ingress('b', { age: 1, defaultBackend: 'web:80' }),
      ingress('a', { age: 2, defaultBackend: 'docs:80' }),
    ),
    { 'a.test/': 'shop/web/80' },
  ],
  [
    'a host without paths goes to the default backend',
    one({
      defaultBackend: 'fallback:80',
      rules: [
        ['a.test', null],
        ['', ['/ web:80']],
      ],
    }),
    { 'a.test/x': 'shop/fallback/80', 'b.test/x': 'shop/web/80' },
  ],
];

test.each(TABLE)('%s', (_name, input, expected) => {
  for (const [url, answer] of Object.entries(expected)) {
    expect([url, ...answers(input, url)]).toEqual([url, answer]);
    const slash = url.indexOf('/');
    expect(expectedAnswer(input, url.slice(0, slash), url.slice(slash))).toBe(answer);
  }
});

test.each<[string, PrecedenceInput]>([
  ['one path', one({ rules: [['a.test', ['/ web:80']]] })],
  ['prefixes of each other', one({ rules: [['', ['/ web:80', '/api api:80', '/api/docs docs:80']]] })],
  [
    'hosts that differ',
    one({
      rules: [
        ['a.test', ['/ web:80']],
        ['b.test', ['=/x api:80']],
      ],
    }),
  ],
  ['the same answer twice', one({ rules: [['a.test', ['/ web:80', '=/x web:80']]] })],
  ['only a default backend', one({ defaultBackend: 'web:80' })],
  ['another class', one({ className: 'nginx', rules: [['', ['/ web:80', '=/x api:80']]] })],
  [
    'a priority by annotation',
    {
      ...one({
        annotations: { 'traefik.ingress.kubernetes.io/router.priority': '7' },
        rules: [['', ['/ web:80', '=/x api:80']]],
      }),
    },
  ],
])('nothing to do for %s', (_name, input) => {
  expect(precedenceConfiguration(input).http.routers).toBeUndefined();
});

test('only what would be served wrongly gets a router', () => {
  const input = one({ rules: [['', ['/ web:80', '/api api:80', '=/docs docs:80']]] });
  expect(precedenceConfiguration(input).http.routers).toEqual({
    'shop/one/0/2': { rule: 'Path("/docs")', priority: 1_000_005, service: 'shop-docs-80@kubernetes' },
  });
});

test('a router copies what annotations say about its own', () => {
  const annotations = {
    'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure',
    'traefik.ingress.kubernetes.io/router.middlewares': 'shop-auth@kubernetescrd, shop-log@kubernetescrd',
    'traefik.ingress.kubernetes.io/router.tls': 'true',
  };
  const input = one({ annotations, rules: [['', ['/ web:80', '=/x api:80']]] });
  expect(Object.values(precedenceConfiguration(input).http.routers ?? {})).toMatchObject([
    {
      entryPoints: ['websecure'],
      middlewares: ['shop-auth@kubernetescrd', 'shop-log@kubernetescrd'],
      tls: {},
    },
  ]);
});

test('Ingresses without a class are served, also by the old annotation', () => {
  const rules: IngressText['rules'] = [['', ['/ web:80', '=/x api:80']]];
  const routers = (text: IngressText): number =>
    Object.keys(precedenceConfiguration(one({ ...text, className: '', rules })).http.routers ?? {}).length;
  expect(routers({})).toBe(1);
  expect(routers({ annotations: { 'kubernetes.io/ingress.class': 'traefik' } })).toBe(1);
  expect(routers({ annotations: { 'kubernetes.io/ingress.class': 'nginx' } })).toBe(0);
});

test('the service of a default backend beside rules follows its endpoints, its kind and its port', () => {
  const text: IngressText = { defaultBackend: 'fallback:80', rules: [['', ['/api api:80']]] };
  const made = (change: Partial<PrecedenceInput>): unknown =>
    precedenceConfiguration({ ...one(text), ...change }).http.services['shop/fallback/80']?.loadBalancer
      .servers;
  expect(made({})).toEqual([{ url: 'http://10.96.0.7:80' }]);
  expect(made({ endpointSlices: [] })).toBeUndefined();
  expect(made({ services: [service('api'), service('fallback', 'shop', { clusterIP: 'None' })] })).toEqual([
    { url: 'http://10.244.1.5:8080' },
  ]);
  const external = service('fallback', 'shop', { type: 'ExternalName', externalName: 'web.other.svc' });
  expect(made({ services: [external] })).toEqual([{ url: 'http://web.other.svc:80' }]);
});

test('Services to which Traefik gives one name are kept apart', () => {
  const input = inputOf(
    ingress('a', { namespace: 'shop', rules: [['a.test', ['/ web-v2:80']]] }),
    ingress('b', { namespace: 'shop-web', rules: [['b.test', ['/ v2:80']]] }),
  );
  input.services = [service('web-v2', 'shop'), service('v2', 'shop-web')];
  expect([...answers(input, 'a.test/')]).toEqual(['shop/web-v2/80']);
  expect([...answers(input, 'b.test/')]).toEqual(['shop-web/v2/80']);
});

test('a Service that appears while nobody keeps the file is served at once', () => {
  const input = one({ rules: [['', ['/ web:80', '/api nope:80', '=/docs nope:80']]] });
  const file = precedenceConfiguration(input);
  const later = { ...input, services: [...input.services, service('nope')] };
  for (const path of ['/api', '/docs'])
    expect([...answersOf(later, file, 'a.test', path)]).toEqual(['shop/nope/80']);
});

test('braces in paths do not reach the template engine', () => {
  const input = one({ rules: [['', ['/ web:80', '=/{{env"HOME"}} api:80']]] });
  const text = fileText(precedenceConfiguration(input));
  expect(text).not.toContain('{{');
  expect(JSON.parse(text)).toEqual(precedenceConfiguration(input));
});

/** https://en.wikipedia.org/wiki/Linear_congruential_generator with the constants of ANSI C. */
function randomFrom(seed: number): <T>(items: readonly T[]) => T {
  let state = seed;
  return (items) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return items[(state >>> 16) % items.length] as (typeof items)[number];
  };
}

const HOSTS = ['', '', 'a.example.com', 'b.example.com', '*.example.com', '*.b.example.com', 'example.com'];
const PATHS = ['', '/', '/a', '/a/', '/a/b', '/a/b/', '/ab', '/a/b/c', '/a-b'];
const REQUESTS = ['/', '/a', '/a/', '/a/b', '/a/b/', '/ab', '/abc', '/a/b/c', '/a/b/c/d', '/a-b', '/x'];

test('whatever the Ingresses, each request is served as the API says', () => {
  let lifted = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const pick = randomFrom(seed);
    const ingresses = Array.from({ length: pick([1, 2, 3]) }, (_, age) =>
      ingress(pick(['one', 'one-a', 'two', 'a']) + String(age), {
        age,
        namespace: pick(['shop', 'shop', 'shop-a']),
        ...(pick([0, 0, 1]) === 1 ? { defaultBackend: `${pick(['web', 'fallback', 'nope'])}:80` } : {}),
        ...(pick([0, 1, 1, 1]) === 0
          ? {}
          : {
              rules: Array.from({ length: pick([1, 2, 3]) }, () => [
                pick(HOSTS),
                pick([1, 1, 1, 1, 1, 0]) === 0
                  ? null
                  : Array.from({ length: pick([1, 2, 3]) }, () => {
                      const at = pick(PATHS);
                      const kind = at === '' ? '' : pick(['', '', '=', '~']);
                      return `${kind}${at} ${pick(['web', 'api', 'docs', 'a-web', 'nope'])}:${pick(['80', 'http'])}`;
                    }),
              ]),
            }),
      }),
    );
    const input: PrecedenceInput = {
      ingresses: pick([0, 1]) === 0 ? ingresses : ingresses.toReversed(),
      ingressClasses: [CLASS],
      services: [
        ...['web', 'api', 'docs', 'fallback', 'a-web'].map((name) => service(name)),
        ...['web', 'api'].map((name) => service(name, 'shop-a')),
      ],
      endpointSlices: [],
    };
    const file = precedenceConfiguration(input);
    lifted += Object.keys(file.http.routers ?? {}).length;
    for (const host of ['a.example.com', 'b.example.com', 'x.b.example.com', 'example.com', 'other.test'])
      for (const path of REQUESTS) {
        const expected = expectedAnswer(input, host, path);
        const actual = [...answersOf(input, file, host, path)];
        if (actual.length !== 1 || actual[0] !== expected)
          expect.fail(
            `seed ${seed}: ${host}${path} is served by ${actual.join(' or ')}, not ${expected}\n${JSON.stringify({ ingresses, file }, undefined, 1)}`,
          );
      }
  }
  expect(lifted).toBeGreaterThan(300);
});
