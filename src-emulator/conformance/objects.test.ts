/** Objects and their machinery, with one kubectl: what no version of it does differently. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCluster, type ConformanceCluster } from './cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';
import { AGNHOST, configMap } from './manifests.ts';

const program = availableKubectls().at(-1);

describe.skipIf(program === undefined)('objects, by kubectl', () => {
  let cluster: ConformanceCluster;
  let kubectl: Kubectl;
  beforeAll(async () => {
    cluster = await conformanceCluster();
    kubectl = new Kubectl(program ?? '', cluster.kubeconfig, 'objects');
    await kubectl.ok(['create', 'namespace', 'objects']);
    await kubectl.ok(['create', 'deployment', 'web', `--image=${AGNHOST}`, '--', '/agnhost', 'pause']);
    await kubectl.ok(['expose', 'deployment', 'web', '--port=80', '--target-port=8080']);
    await kubectl.ok(['create', 'secret', 'generic', 'key', '--from-literal=a=b']);
    await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=20s']);
  });
  afterAll(() => cluster.stop());

  it('lists, describes and prints as YAML every kind that it says it serves', async () => {
    const kinds = (await kubectl.ok(['api-resources', '--verbs=list,get', '-o', 'name'])).split('\n');
    const populated = 'namespaces nodes pods services configmaps secrets events serviceaccounts'
      .concat(' deployments.apps replicasets.apps endpointslices.discovery.k8s.io')
      .split(' ');
    expect(kinds).toEqual(expect.arrayContaining(populated));
    const look = async (kind: string): Promise<void> => {
      const names = await kubectl.ok(['get', kind, '-o', 'name']);
      if (names === '') {
        expect(populated, `there is no object of ${kind}`).not.toContain(kind);
        return;
      }
      const [name = ''] = names.split('\n');
      expect(await kubectl.ok(['get', kind, '-o', 'wide'])).toContain(name.replace(/.*\//, ''));
      expect(await kubectl.ok(['describe', name])).toMatch(/^Name: +\S/);
      expect(await kubectl.ok(['get', name, '-o', 'yaml'])).toMatch(/\n {2}resourceVersion: "\d+"\n/);
    };
    // Nothing of componentstatuses is stored.
    const waiting = kinds.filter((kind) => kind !== 'componentstatuses');
    while (waiting.length > 0) await Promise.all(waiting.splice(0, 6).map(look));
    // Some seventy kinds, four commands each.
  }, 120_000);

  it('prints columns of the user’s choice, sorted and labelled', async () => {
    await kubectl.apply(configMap('sort-a', { n: '2' }));
    await kubectl.apply(configMap('sort-b', { n: '1' }));
    await kubectl.ok(['label', 'configmap', 'sort-a', 'sort-b', 'sorted=yes']);
    const sorted = ['get', 'configmap', '-l', 'sorted=yes', '--no-headers', '--sort-by=.data.n'];
    expect(await kubectl.ok([...sorted, '-o', 'custom-columns=N:.metadata.name'])).toBe('sort-b\nsort-a');
    expect(await kubectl.ok([...sorted, '--show-labels'])).toMatch(/sort-b .*sorted=yes\nsort-a /);
    expect(await kubectl.ok([...sorted, '-L', 'sorted'])).toMatch(/ yes\n/);
    const byField = ['get', 'configmaps', '-A', '--field-selector', 'metadata.name=sort-a', '-o', 'name'];
    expect(await kubectl.ok(byField)).toBe('configmap/sort-a');
  });

  it('shows what belongs together with `get all`', async () => {
    const names = await kubectl.ok(['get', 'all', '-o', 'name']);
    expect(names).toMatch(/^pod\/web-\S+\nservice\/web\ndeployment.apps\/web\nreplicaset.apps\/web-\S+$/);
  });

  it('keeps an object that is being deleted until its last finalizer is gone', async () => {
    await kubectl.apply(configMap('held', { a: 'b' }));
    const add = '{"metadata":{"finalizers":["example.com/hold"]}}';
    await kubectl.ok(['patch', 'configmap', 'held', '--type=merge', '-p', add]);
    const deletion = kubectl.start(['delete', 'configmap', 'held']);
    await deletion.until(/configmap "held" deleted/);
    expect(await kubectl.value('configmap held', '.metadata.deletionTimestamp')).toMatch(/^20/);
    const another = '{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}';
    expect(await kubectl.refused(['patch', 'configmap', 'held', '--type=merge', '-p', another])).toContain(
      'no new finalizers can be added if the object is being deleted',
    );
    await kubectl.ok([
      'patch',
      'configmap',
      'held',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    ]);
    expect(await deletion.ended()).toBe(0);
  });

  it('deletes what an object owned: at once, before it, or not at all', async () => {
    const owned = async (name: string, owner: string): Promise<void> => {
      const uid = await kubectl.value(`configmap ${owner}`, '.metadata.uid');
      await kubectl.apply(
        `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  ownerReferences:
  - {apiVersion: v1, kind: ConfigMap, name: ${owner}, uid: ${uid}, blockOwnerDeletion: true}
`,
      );
    };
    for (const cascade of ['background', 'foreground', 'orphan']) {
      await kubectl.apply(configMap('owner', {}));
      await owned('owned', 'owner');
      await kubectl.ok(['delete', 'configmap', 'owner', `--cascade=${cascade}`, '--timeout=20s']);
      if (cascade !== 'orphan')
        await kubectl.ok(['wait', '--for=delete', 'configmap/owned', '--timeout=20s']);
    }
    expect(await kubectl.value('configmap owned', '.metadata.ownerReferences')).toBe('');
  });

  it('resumes a watch after a version, and says when that is too old to resume', async () => {
    await kubectl.apply(configMap('watched', { a: '1' }));
    const version = await kubectl.value('configmap watched', '.metadata.resourceVersion');
    await kubectl.ok(['patch', 'configmap', 'watched', '-p', '{"data":{"a":"2"}}']);
    await kubectl.ok(['delete', 'configmap', 'watched']);
    const path = '/api/v1/namespaces/objects/configmaps?watch=true&fieldSelector=metadata.name%3Dwatched';
    const watch = kubectl.start(['get', '--raw', `${path}&resourceVersion=${version}`]);
    await watch.until(/DELETED.*\n/);
    await watch.stop();
    const events = watch.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.map((event) => event.type)).toEqual(['MODIFIED', 'DELETED']);
    expect(await kubectl.refused(['get', '--raw', `${path}&resourceVersion=never`])).toContain(
      'Invalid value: "never"',
    );
  });

  it('pages through a long list', async () => {
    const names = ['page-1', 'page-2', 'page-3', 'page-4', 'page-5'];
    for (const name of names) await kubectl.ok(['create', 'configmap', name]);
    await kubectl.ok(['label', 'configmap', ...names, 'paged=yes']);
    const list = ['get', 'configmaps', '-l', 'paged=yes', '--chunk-size=2', '-o', 'name'];
    expect(await kubectl.ok(list)).toBe(names.map((name) => `configmap/${name}`).join('\n'));
    const page = '/api/v1/namespaces/objects/configmaps?labelSelector=paged%3Dyes&limit=2';
    const { metadata } = JSON.parse(await kubectl.ok(['get', '--raw', page])) as {
      metadata: { remainingItemCount?: number; continue: string };
    };
    expect(metadata.continue).not.toBe('');
  });

  it('tries without doing when it is asked to', async () => {
    const manifest = configMap('tried', { a: 'b' });
    expect(await kubectl.apply(manifest, '--dry-run=server')).toBe(
      'configmap/tried created (server dry run)',
    );
    expect(await kubectl.refused(['get', 'configmap', 'tried'])).toContain('not found');
    await kubectl.apply(manifest);
    await kubectl.ok(['delete', 'configmap', 'tried', '--dry-run=server']);
    expect(await kubectl.value('configmap tried', '.data.a')).toBe('b');
  });

  it('replaces an object, unless it was changed in between', async () => {
    await kubectl.apply(configMap('replaced', { a: '1' }));
    const stale = await kubectl.ok(['get', 'configmap', 'replaced', '-o', 'json']);
    await kubectl.ok(['patch', 'configmap', 'replaced', '-p', '{"data":{"a":"2"}}']);
    expect(await kubectl.refused(['replace', '-f', '-'], { stdin: stale })).toContain(
      'Operation cannot be fulfilled on configmaps "replaced": the object has been modified; please apply your changes to the latest version and try again',
    );
    const fresh = configMap('replaced', { b: '3' });
    await kubectl.ok(['replace', '-f', '-'], { stdin: fresh });
    expect(await kubectl.value('configmap replaced', '.data')).toBe('{"b":"3"}');
    expect(await kubectl.ok(['replace', '--force', '-f', '-'], { stdin: fresh })).toContain(
      'configmap/replaced replaced',
    );
  });

  it('refuses to change what may not change', async () => {
    const patch = (what: string, change: string): Promise<string> =>
      kubectl.refused(['patch', ...what.split(' '), '-p', change]);
    expect(await patch('deployment web', '{"spec":{"selector":{"matchLabels":{"x":"y"}}}}')).toContain(
      'field is immutable',
    );
    expect(await patch('service web', '{"spec":{"clusterIP":"10.96.0.77"}}')).toContain(
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.77"]: may not change once set',
    );
    expect(await patch('secret key', '{"type":"example.com/other"}')).toContain('field is immutable');
    await kubectl.ok(['create', 'configmap', 'frozen', '--from-literal=a=b']);
    await kubectl.ok(['patch', 'configmap', 'frozen', '-p', '{"immutable":true}']);
    expect(await patch('configmap frozen', '{"data":{"a":"c"}}')).toContain(
      'data: Forbidden: field is immutable when `immutable` is set',
    );
  });

  it('names every fault of a manifest', async () => {
    const stdin = `apiVersion: apps/v1
kind: Deployment
metadata: {name: Bad_Name}
spec:
  replicas: -1
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: c}}
    spec:
      containers:
      - {name: x}
      - {name: x, image: z, ports: [{containerPort: 0}]}
`;
    const faults = await kubectl.refused(['apply', '-f', '-'], { stdin });
    for (const fault of [
      'metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain',
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
      'spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match template `labels`',
      'spec.template.spec.containers[0].image: Required value',
      'spec.template.spec.containers[1].name: Duplicate value: "x"',
      'spec.template.spec.containers[1].ports[0].containerPort: Required value',
    ])
      expect(faults).toContain(fault);
    const wrongType = 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: {name: x}}\n';
    expect(await kubectl.refused(['apply', '-f', '-'], { stdin: wrongType })).toContain(
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    );
  });

  it('says so when something is not there', async () => {
    expect(await kubectl.refused(['get', 'service', 'nope'])).toBe(
      'Error from server (NotFound): services "nope" not found',
    );
    expect(await kubectl.refused(['get', 'gizmos'])).toBe(
      'error: the server doesn\'t have a resource type "gizmos"',
    );
    expect(await kubectl.refused(['create', 'configmap', 'x', '--namespace=nowhere'])).toContain(
      'namespaces "nowhere" not found',
    );
    expect((await kubectl.run(['get', 'pods', '--namespace=nowhere'])).stderr).toBe(
      'No resources found in nowhere namespace.',
    );
  });

  it('tells in events what happened to an object', async () => {
    const told = await kubectl.ok(['events', '--for', 'deployment/web']);
    expect(told).toMatch(
      /Normal +ScalingReplicaSet +Deployment\/web +Scaled up replica set web-\S+ from 0 to 1/,
    );
    const reasons = ['get', 'events', '--field-selector', 'involvedObject.kind=Pod', '-o'];
    expect(await kubectl.ok([...reasons, 'jsonpath={.items[*].reason}'])).toMatch(
      /Scheduled.*Pulled.*Created.*Started/,
    );
  });

  it('explains every kind, deeply', async () => {
    for (const kind of ['pods', 'services', 'deployments', 'endpointslices', 'configmaps'])
      expect(await kubectl.ok(['explain', kind, '--recursive'])).toMatch(
        /FIELDS:\n[^]* {2}metadata\t<ObjectMeta>/,
      );
    expect(await kubectl.refused(['explain', 'deployment.spec.nothing'])).toContain(
      'field "nothing" does not exist',
    );
  });

  it('shows Endpoints, and says that they are deprecated', async () => {
    const { stdout, stderr } = await kubectl.run(['get', 'ep', 'web']);
    expect(stdout).toMatch(/^NAME +ENDPOINTS +AGE\nweb +[\d.]+:8080 /);
    expect(stderr).toBe(
      'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    );
  });

  it('tells the administrator what the administrator may do', async () => {
    expect(await kubectl.ok(['auth', 'can-i', 'create', 'pods'])).toBe('yes');
    expect(await kubectl.ok(['auth', 'can-i', '--list'])).toMatch(/^\*\.\* .*\[\*\]$/m);
    expect(await kubectl.ok(['auth', 'whoami'])).toMatch(/^Username +kubernetes-admin$/m);
    expect((await kubectl.run(['auth', 'can-i', 'get', 'pods', '--as', 'bob'])).stdout).toBe('no');
  });

  it('empties a namespace when it is deleted', async () => {
    await kubectl.ok(['create', 'namespace', 'doomed']);
    await kubectl.ok(['create', 'configmap', 'left', '--from-literal=a=b', '--namespace=doomed']);
    await kubectl.ok(['delete', 'namespace', 'doomed', '--timeout=30s']);
    expect(await kubectl.refused(['get', 'namespace', 'doomed'])).toBe(
      'Error from server (NotFound): namespaces "doomed" not found',
    );
  });
});
