import { expect, test } from 'vitest';
import { problemOfWarning, problemsOfStatus } from './apply-problems.ts';
import { parseYamlDocuments, type YamlDocument } from './yaml-documents.ts';

const text = `# a comment
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selectr: { app: web }
  ports:
    - port: 80
      targetPort: 8080
    - port: http
---
apiVersion: v1
kind: ConfigMap
metadata: { name: second, namespace: nowhere }
data:
  yes: on
  mode: 0644
  when: 2026-01-02
  clock: 10:30
`;

function documentAt(index: number): YamlDocument {
  const document = parseYamlDocuments(text).documents[index];
  if (document === undefined) throw new Error('no such document');
  return document;
}

test('reads every document with the scalars of YAML 1.1, but no dates and no base-60 numbers', () => {
  expect(parseYamlDocuments(text).problems).toEqual([]);
  expect(documentAt(1).value).toMatchObject({
    data: { true: true, mode: 420, when: '2026-01-02', clock: '10:30' },
  });
});

test('a syntax error stands at its place', () => {
  const { documents, problems } = parseYamlDocuments('a: 1\nb: [1, 2\nc: 3\n');
  expect(documents).toEqual([]);
  expect(problems[0]).toMatchObject({ line: 3, column: 1, severity: 'error' });
});

test('a key that is there twice is an error', () => {
  expect(parseYamlDocuments('a: 1\na: 2\n').problems[0]).toMatchObject({
    line: 2,
    column: 1,
    severity: 'error',
  });
});

test('an unknown field of strict decoding points at its key', () => {
  const problems = problemsOfStatus(
    {
      message:
        'Service in version "v1" cannot be handled as a Service: strict decoding error: unknown field "spec.selectr"',
    },
    documentAt(0),
  );
  expect(problems).toEqual([
    {
      message: 'unknown field "spec.selectr"',
      line: 7,
      column: 3,
      endLine: 7,
      endColumn: 10,
      severity: 'error',
    },
  ]);
});

test('a type error finds the list item whose value has the wrong type', () => {
  const problems = problemsOfStatus(
    {
      message:
        'Service in version "v1" cannot be handled as a Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32',
    },
    documentAt(0),
  );
  expect(problems).toMatchObject([
    { message: 'spec.ports.port: is a string, must be of type integer', line: 11, column: 13 },
  ]);
});

test('a cause of validation points at its field, or at the nearest one that exists', () => {
  const problems = problemsOfStatus(
    {
      reason: 'Invalid',
      message: 'Service "web" is invalid',
      details: {
        causes: [
          { field: 'spec.ports[0].targetPort', message: 'Invalid value: 80800' },
          { field: 'spec.ports[1].name', message: 'Required value' },
        ],
      },
    },
    documentAt(0),
  );
  expect(problems).toMatchObject([
    { message: 'spec.ports[0].targetPort: Invalid value: 80800', line: 10, column: 19 },
    { message: 'spec.ports[1].name: Required value', line: 11 },
  ]);
});

test('a namespace that does not exist is shown where it is named', () => {
  const problems = problemsOfStatus(
    { reason: 'NotFound', message: 'namespaces "nowhere" not found', details: { kind: 'namespaces' } },
    documentAt(1),
  );
  expect(problems).toMatchObject([{ line: 15, column: 38 }]);
});

test('a warning is a warning', () => {
  expect(problemOfWarning('spec.ports[0].targetPort: something is deprecated', documentAt(0))).toMatchObject({
    line: 10,
    severity: 'warning',
  });
});
