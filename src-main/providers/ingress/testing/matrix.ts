import type { IngressText } from './objects.ts';

/** What Ingresses ask for, and what each request must then meet: on a real cluster and on the emulated one. */

/** By name. Those that begin with `tls-` are given a certificate for their host. */
export const INGRESSES: Record<string, IngressText> = {
  paths: {
    rules: [
      [
        'paths.test',
        [
          '/ web:80',
          '=/foo api:80',
          '/foo docs:80',
          '/foo/bar web:http',
          '/foo/bar/baz/ api:http',
          '=/x/ api:80',
        ],
      ],
    ],
  },
  hosts: {
    rules: [
      ['*.wild.test', ['/ docs:80', '/only/wild docs:80']],
      ['a.wild.test', ['/ web:80']],
      ['', ['/everywhere api:80']],
    ],
  },
  impl: { rules: [['impl.test', ['~/impl docs:80', '=/impl web:80']]] },
  nopath: { rules: [['nopath.test', [' docs:80', '=/exact web:80']]] },
  services: {
    rules: [['services.test', ['/ web:80', '/empty empty:80', '/missing nope:80', '/external external:80']]],
  },
  classless: { className: '', rules: [['classless.test', ['/ web:80']]] },
  other: { className: 'other', rules: [['other.test', ['/ web:80']]] },
  braces: { rules: [['braces.test', ['/ web:80', '=/{{x}} api:80']]] },
  'tls-one': { rules: [['one.tls.test', ['/ web:80']]] },
  'tls-two': { rules: [['two.tls.test', ['/ api:80', '=/a docs:80']]] },
  // Routers that Traefik gives the same name.
  name: { rules: [['same.name.test', ['/ api:80']]] },
  'name-same': { rules: [['name.test', ['/ web:80']]] },
};

/** What is shown; the request; the Deployment whose pod answers, or the status. */
export const REQUESTS: [what: string, url: string, answer: string][] = [
  ['the longest prefix', 'paths.test/', 'web'],
  ['everything under it', 'paths.test/anything/else', 'web'],
  ['exact before a prefix that is as long', 'paths.test/foo', 'api'],
  ['exact, with a query', 'paths.test/foo?a=b', 'api'],
  ['a slash is not exact', 'paths.test/foo/', 'docs'],
  ['a prefix', 'paths.test/foo/else', 'docs'],
  ['a prefix goes by elements', 'paths.test/foobar', 'web'],
  ['a longer prefix', 'paths.test/foo/bar', 'web'],
  ['a longer prefix goes by elements', 'paths.test/foo/barn', 'docs'],
  ['the longest prefix with a slash', 'paths.test/foo/bar/baz', 'api'],
  ['under a prefix with a slash', 'paths.test/foo/bar/baz/x', 'api'],
  ['exact with a slash', 'paths.test/x/', 'api'],
  ['exact with a slash means it', 'paths.test/x', 'web'],
  ['paths tell upper from lower case', 'paths.test/FOO', 'web'],
  ['hosts do not', 'PATHS.test/foo', 'api'],
  ['a wildcard host', 'b.wild.test/', 'docs'],
  ['an exact host before a wildcard', 'a.wild.test/', 'web'],
  ['an exact host before a longer path of a wildcard', 'a.wild.test/only/wild', 'web'],
  ['a wildcard is one label', 'a.b.wild.test/', '404'],
  ['a wildcard is not none', 'wild.test/', '404'],
  ['a host before none', 'a.wild.test/everywhere', 'web'],
  ['a rule for every host', 'whatever.test/everywhere', 'api'],
  ['a host that nobody has', 'nobody.test/', '404'],
  ['no host at all', '172.31.0.1/', '404'],
  ['a path by implementation is a prefix', 'impl.test/impl/x', 'docs'],
  ['and exact goes before it', 'impl.test/impl', 'web'],
  ['a path beside none', 'impl.test/', '404'],
  ['no path is every path', 'nopath.test/a/b', 'docs'],
  ['exact beside no path', 'nopath.test/exact', 'web'],
  ['a Service without endpoints', 'services.test/empty', '503'],
  ['a Service that does not exist', 'services.test/missing', '503'],
  ['a Service that is a name elsewhere', 'services.test/external', 'docs'],
  ['their neighbour', 'services.test/', 'web'],
  ['the default class', 'classless.test/', 'web'],
  ['another class', 'other.test/', '404'],
  ['names that clash, one', 'same.name.test/', 'api'],
  ['names that clash, the other', 'name.test/', 'web'],
  ['braces in a path', 'braces.test/{{x}}', 'api'],
  ['plain HTTP beside TLS', 'one.tls.test/', 'web'],
];

/** What is shown; the request; the certificate that is trusted; the answer. */
export const TLS_REQUESTS: [what: string, url: string, trusted: string, answer: string][] = [
  ['the certificate of its Secret', 'one.tls.test/', '/tmp/one.crt', 'web'],
  ['by SNI, that of the other', 'two.tls.test/', '/tmp/two.crt', 'api'],
  ['and no other', 'two.tls.test/', '/tmp/one.crt', 'curl exit 60'],
  ['precedence holds over TLS', 'two.tls.test/a', '/tmp/two.crt', 'docs'],
  ['a host without a Secret has no certificate to trust', 'paths.test/', '/tmp/one.crt', 'curl exit 60'],
];
