/** Values that fields of several topics share. */

export const NAMES = [
  '$NAME',
  'web',
  'a',
  'Web',
  'web_1',
  'a.b',
  '-a',
  'a-',
  '1a',
  '',
  'a b',
  'a..b',
  'x'.repeat(64),
  'y'.repeat(254),
];
export const PORT_NAMES = ['http', 'dns', 'HTTP', 'a--b', '80', '-a', '', 'a-name-too-long-x', 'web_1'];
export const PORTS = [80, 443, 1, 65535, 0, -1, 65536, 70000, 8080];
export const PORT_OR_NAME = [80, 8080, 0, 65536, 'http', 'HTTP', '80', 'a--b', '', 'a-name-too-long-x'];
export const ADDRESSES = [
  '192.0.2.9',
  '10.0.0.1',
  '127.0.0.1',
  '169.254.1.1',
  '224.0.0.1',
  '0.0.0.0',
  '::1',
  'fd00::1',
  'abc',
  '',
  '1.2.3',
  '01.2.3.4',
  '256.1.1.1',
  '::ffff:1.2.3.4',
];
export const CIDRS = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.3/16',
  '0.0.0.0/0',
  '10.0.0.0/33',
  'abc',
  '',
  '10.0.0.0',
  'fd00::/8',
  '010.0.0.0/8',
];
export const COUNTS = [0, 1, -1, 2];
export const SECONDS = [0, 1, -1, 10, 3600, 86400, 86401];
export const HOSTS = [
  'a.example.com',
  '*.example.com',
  '*',
  'A.example.com',
  '192.0.2.1',
  'a_b',
  '',
  'a.*.com',
  'example.com.',
  'x'.repeat(64),
];
export const PATHS = ['/data', '/', 'data', '', '../a', 'a/../b', '/a:b', 'a/b', '..a', '/a/./b', '//a'];
export const LABEL_KEYS = [
  'app',
  'tier',
  'example.com/x',
  'a b',
  '',
  '/x',
  'x/',
  '-a',
  'Example.com/a',
  'a/b/c',
  'k'.repeat(64),
  'kubernetes.io/os',
];
export const LABEL_VALUES = ['web', 'front', '', 'a b', '-a', 'v'.repeat(64), 'a/b', 'x_y.z'];
export const VERSIONS = ['v1', '', 'a/b/c', 'apps/v1'];
