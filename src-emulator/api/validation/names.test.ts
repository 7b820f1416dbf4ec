import { expect, it } from 'vitest';

import {
  configMapKey,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  environmentVariableName,
  labelValue,
  pathSegment,
  percent,
  portName,
  portNumber,
  qualifiedName,
} from './names.ts';

const QUALIFIED =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

it.each<[(value: string) => string[], string, string[]]>([
  [dns1123Label, 'web-1', []],
  [dns1123Label, '1', []],
  [dns1123Label, 'Web', [LABEL]],
  [dns1123Label, 'web-', [LABEL]],
  [dns1123Label, 'a.b', ['must not contain dots']],
  [dns1123Label, 'a'.repeat(64), ['must be no more than 63 characters']],
  [dns1123Subdomain, 'a.b', []],
  [dns1123Subdomain, 'a..b', [SUBDOMAIN]],
  [dns1035Label, 'web', []],
  [
    dns1035Label,
    '1web',
    [
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  [qualifiedName, 'app', []],
  [qualifiedName, 'app.kubernetes.io/name', []],
  [qualifiedName, 'a b', [`name part ${QUALIFIED}`]],
  [qualifiedName, '/name', ['prefix part must be non-empty']],
  [qualifiedName, 'a/', ['name part must be non-empty', `name part ${QUALIFIED}`]],
  [qualifiedName, 'A/name', [`prefix part ${SUBDOMAIN}`]],
  [
    qualifiedName,
    'a/b/c',
    [
      `a qualified name ${QUALIFIED} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
  ],
  [labelValue, '', []],
  [labelValue, 'v1.2_x', []],
  [labelValue, 'a'.repeat(64), ['must be no more than 63 characters']],
  [portName, 'http', []],
  [portName, '80', ['must contain at least one letter (a-z)']],
  [portName, 'a--b', ['must not contain consecutive hyphens']],
  [portName, '-a', ['must not begin or end with a hyphen']],
  [portName, 'a-name-too-long-x', ['must be no more than 15 characters']],
  [configMapKey, 'app.conf', []],
  [configMapKey, '..', ["must not be '..'"]],
  [configMapKey, '..data', ["must not start with '..'"]],
  [environmentVariableName, 'A b', []],
  [
    environmentVariableName,
    'A=',
    ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
  ],
  [percent, '25%', []],
  [pathSegment, 'a/b', ["may not contain '/'"]],
  [pathSegment, '..', ["may not be '..'"]],
])('%o of %j', (check, value, problems) => {
  expect(check(value)).toEqual(problems);
});

it('knows the range of ports', () => {
  expect(portNumber(65535)).toEqual([]);
  expect(portNumber(65536)).toEqual(['must be between 1 and 65535, inclusive']);
});
