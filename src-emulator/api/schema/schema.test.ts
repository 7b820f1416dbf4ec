import { describe, expect, it } from 'vitest';

import { DecodeError, loadSchemas, parseJson } from './index.ts';

const schemas = await loadSchemas();

const POD = 'io.k8s.api.core.v1.Pod';
const SERVICE = 'io.k8s.api.core.v1.Service';
const CONFIG_MAP = 'io.k8s.api.core.v1.ConfigMap';
const SECRET = 'io.k8s.api.core.v1.Secret';
const DEPLOYMENT = 'io.k8s.api.apps.v1.Deployment';

function refusal(schema: string, body: string): string {
  const { value, duplicates } = parseJson(body);
  try {
    schemas.decode(schema, value, { fieldValidation: 'Strict', duplicates });
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  return 'accepted';
}

// Recorded from a Kubernetes 1.34 server.
const REFUSALS: [schema: string, body: string, message: string][] = [
  [
    DEPLOYMENT,
    '{"spec":{"replicas":"three","foo":1}}',
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    DEPLOYMENT,
    '{"spec":{"replicas":1.5}}',
    'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    DEPLOYMENT,
    '{"spec":{"replicas":99999999999}}',
    'json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    DEPLOYMENT,
    '{"metadata":{"labels":{"a":5}},"spec":{"replicas":true}}',
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  [
    DEPLOYMENT,
    '{"spec":{"template":{"spec":{"containers":{"name":"a"}}}}}',
    'json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
  ],
  [
    DEPLOYMENT,
    '{"spec":{"template":{"spec":{"containers":[{"name":5}]}}}}',
    'json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.name of type string',
  ],
  [
    DEPLOYMENT,
    '{"spec":{"template":{"spec":{"containers":["a"]}}}}',
    'json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.containers of type v1.Container',
  ],
  [
    DEPLOYMENT,
    '{"metadata":{"name":"x","name":"y"},"spec":{"foo":1,"bar":{"a":1},"template":{"spec":{"containers":[{"name":"a","imag":"x","ports":[{"port":80}]}]}}}}',
    'strict decoding error: duplicate field "metadata.name", unknown field "spec.foo", unknown field "spec.bar", unknown field "spec.template.spec.containers[0].imag", unknown field "spec.template.spec.containers[0].ports[0].port"',
  ],
  [
    DEPLOYMENT,
    '{"metadata":{"labels":["a"]}}',
    'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
  ],
  [
    DEPLOYMENT,
    '{"metadata":"x"}',
    'json: cannot unmarshal string into Go struct field Deployment.metadata of type v1.ObjectMeta',
  ],
  [
    DEPLOYMENT,
    '{"metadata":{"creationTimestamp":"yesterday"}}',
    'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
  ],
  [
    DEPLOYMENT,
    '{"metadata":{"creationTimestamp":5}}',
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
  ],
  [
    DEPLOYMENT,
    '{"spec":{"selector":{"matchExpressions":"x"}}}',
    'json: cannot unmarshal string into Go struct field LabelSelector.spec.selector.matchExpressions of type []v1.LabelSelectorRequirement',
  ],
  [
    POD,
    '{"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":true}}}]}}',
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    POD,
    '{"spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":"1x"}}}]}}',
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ],
  [
    POD,
    '{"spec":{"restartPolicy":5}}',
    'json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
  ],
  [
    POD,
    '{"spec":{"hostNetwork":"yes"}}',
    'json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool',
  ],
  [
    SERVICE,
    '{"spec":{"ports":[{"port":80,"targetPort":true}]}}',
    'json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32',
  ],
  [
    SERVICE,
    '{"spec":{"type":5}}',
    'json: cannot unmarshal number into Go struct field ServiceSpec.spec.type of type v1.ServiceType',
  ],
  [
    SERVICE,
    '{"spec":{"selector":"a"}}',
    'json: cannot unmarshal string into Go struct field ServiceSpec.spec.selector of type map[string]string',
  ],
  [
    SERVICE,
    '{"spec":{"ports":{"port":80}}}',
    'json: cannot unmarshal object into Go struct field ServiceSpec.spec.ports of type []v1.ServicePort',
  ],
  [
    CONFIG_MAP,
    '{"data":{"a":{"b":1}}}',
    'json: cannot unmarshal object into Go struct field ConfigMap.data of type string',
  ],
  [CONFIG_MAP, '{"binaryData":{"a":"!!"}}', 'illegal base64 data at input byte 0'],
  [SECRET, '{"data":{"a":"abc"}}', 'illegal base64 data at input byte 0'],
  [
    SECRET,
    '{"data":{"a":5}}',
    'json: cannot unmarshal number into Go struct field Secret.data of type []uint8',
  ],
];

describe('decoding', () => {
  it.each(REFUSALS)('%s %s', (schema, body, message) => {
    const kind = schema.split('.').at(-1);
    expect(refusal(schema, body)).toBe(`${kind} in version "v1" cannot be handled as a ${kind}: ${message}`);
  });

  it('warns of unknown fields where it does not refuse them, and leaves them out', () => {
    const value = { metadata: { name: 'x' }, spec: { ports: [{ port: 80, prot: 'TCP' }], foo: 1 } };
    const decoded = schemas.decode(SERVICE, value, { fieldValidation: 'Warn' });
    expect(decoded.warnings).toEqual(['unknown field "spec.ports[0].prot"', 'unknown field "spec.foo"']);
    expect(decoded.object['spec']).toEqual({ ports: [{ port: 80, targetPort: 0 }] });
    expect(schemas.decode(SERVICE, value, { fieldValidation: 'Ignore' }).warnings).toEqual([]);
  });

  it('drops what Go would omit, keeps what it writes, and canonicalises quantities', () => {
    const { object } = schemas.decode(
      POD,
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'x', labels: {}, annotations: null, creationTimestamp: null },
        spec: {
          hostNetwork: false,
          nodeName: '',
          enableServiceLinks: false,
          volumes: [{ name: 'v', emptyDir: {} }],
          containers: [
            {
              name: 'a',
              image: 'b',
              ports: [],
              resources: { limits: { cpu: 1, memory: '1024Mi' }, requests: { cpu: '0.5', memory: '1.5G' } },
              env: [{ name: 'A', value: '' }],
            },
          ],
        },
      },
      { fieldValidation: 'Strict' },
    );
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'x' },
      spec: {
        enableServiceLinks: false,
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            name: 'a',
            image: 'b',
            resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1500M' } },
            env: [{ name: 'A' }],
          },
        ],
      },
      status: {},
    });
  });

  it('knows 1.34, not what came later', () => {
    expect(refusal(POD, '{"spec":{"schedulingGroup":{}}}')).toContain('unknown field "spec.schedulingGroup"');
  });
});

describe('the order of fields', () => {
  it('is that of Go’s structs, and of the alphabet in maps, on every level', () => {
    const pod = {
      status: { phase: 'Running' },
      spec: { containers: [{ image: 'x', name: 'a' }], nodeSelector: { b: '1', a: '2' } },
      metadata: { labels: { z: '1', a: '2' }, resourceVersion: '7', name: 'p' },
      kind: 'Pod',
      apiVersion: 'v1',
    };
    expect(JSON.stringify(schemas.inOrder(POD, pod))).toBe(
      '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","resourceVersion":"7","labels":{"a":"2","z":"1"}},' +
        '"spec":{"containers":[{"name":"a","image":"x"}],"nodeSelector":{"a":"2","b":"1"}},"status":{"phase":"Running"}}',
    );
    expect(JSON.stringify(pod)).toMatch(/^\{"status"/);
  });

  it('costs no copy where it is right already', () => {
    const pod = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p', labels: { a: '1', b: '2' } } };
    expect(schemas.inOrder(POD, pod)).toBe(pod);
    const spec = { containers: [{ name: 'a', image: 'x' }] };
    expect(schemas.inOrder(POD, { spec, metadata: { name: 'p' } }).spec).toBe(spec);
  });
});

describe('patch information', () => {
  it('names merge keys, list types and strategies', () => {
    expect(schemas.mergeKey(SERVICE, ['spec', 'ports'])).toEqual({ strategies: ['merge'], mergeKey: 'port' });
    expect(schemas.mergeKey(DEPLOYMENT, ['spec', 'template', 'spec', 'volumes'])).toEqual({
      strategies: ['merge', 'retainKeys'],
      mergeKey: 'name',
    });
    expect(schemas.mergeKey(DEPLOYMENT, ['spec', 'strategy'])).toEqual({ strategies: ['retainKeys'] });
    expect(schemas.mergeKey(POD, ['metadata', 'finalizers'])).toEqual({ strategies: ['merge'] });
    expect(schemas.fieldAt(SERVICE, ['spec', 'ports'])).toMatchObject({
      container: 'list',
      listType: 'map',
      listMapKeys: ['port', 'protocol'],
    });
    expect(schemas.fieldAt(SERVICE, ['spec', 'selector'])).toMatchObject({ container: 'map', atomic: true });
    expect(schemas.fieldAt(SERVICE, ['spec', 'nothing'])).toBeUndefined();
  });
});

describe('OpenAPI documents', () => {
  it('lists every document and serves what it lists', async () => {
    const { paths } = schemas.openApiIndex();
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/discovery.k8s.io/v1']),
    );
    for (const [path, { serverRelativeURL }] of Object.entries(paths)) {
      expect(serverRelativeURL).toMatch(new RegExp(`^/openapi/v3/${path}\\?hash=[0-9A-F]{128}$`));
      expect(await schemas.openApiDocument(path)).toContain('"openapi":"3.0.0"');
    }
    expect(await schemas.openApiDocument('apis/nothing/v1')).toBeUndefined();
  });

  it('refers only to schemas that are in the same document', async () => {
    for (const path of Object.keys(schemas.openApiIndex().paths)) {
      const text = (await schemas.openApiDocument(path)) ?? '';
      const document = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
      const names = new Set(
        [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]),
      );
      for (const name of names) expect(document.components.schemas).toHaveProperty([name ?? '']);
    }
  });

  it('describes fields and marks what kubectl looks for', async () => {
    const document = JSON.parse((await schemas.openApiDocument('api/v1')) ?? '') as {
      paths: Record<string, { patch: { parameters: { name: string }[] } & Record<string, unknown> }>;
      components: { schemas: Record<string, { properties: Record<string, Record<string, unknown>> }> };
    };
    const patch = document.paths['/api/v1/namespaces/{namespace}/services/{name}']?.patch;
    expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: '', kind: 'Service', version: 'v1' });
    expect(patch?.parameters.map(({ name }) => name)).toEqual([
      'dryRun',
      'fieldManager',
      'fieldValidation',
      'force',
    ]);
    const spec = document.components.schemas['io.k8s.api.core.v1.ServiceSpec'];
    expect(spec?.properties['ports']?.['x-kubernetes-patch-merge-key']).toBe('port');
    expect(spec?.properties['selector']?.['description']).toContain(
      'Route service traffic to pods with label keys and values matching this selector.',
    );
    expect(spec?.properties['type']?.['enum']).toEqual([
      'ClusterIP',
      'ExternalName',
      'LoadBalancer',
      'NodePort',
    ]);
    expect(spec?.properties['type']?.['description']).toContain(
      '\n\nPossible enum values:\n - `"ClusterIP"` ',
    );
  });
});
