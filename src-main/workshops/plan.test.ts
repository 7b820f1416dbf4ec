import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import type { Capability } from '#shared/cluster.ts';
import type { KubeObject } from '../kube/objects.ts';
import { loadLab } from '../labs/library.ts';
import type { Lab } from '../labs/lab.ts';
import { parseLearnerList } from './learner-list.ts';
import { containerDefaults, DEFAULT_LIMITS } from './limits.ts';
import { policyEngineOf } from './network-policy-engine.ts';
import { namespaceObjects, type Terms } from './objects.ts';
import { planWorkshop, type WorkshopPlan } from './plan.ts';
import { LEARNER_RULES } from './rules.ts';

const { lab: clusterIp } = await loadLab(join(import.meta.dirname, '..', '..', 'labs', 'cluster-ip'));

function labThatNeeds(namespaces: string[], capabilities: Capability[] = []): Pick<Lab, 'id' | 'file'> {
  if (clusterIp === undefined) throw new Error('the lab is not sound');
  const { file } = clusterIp;
  const requires = { nodes: 1, capabilities };
  return { id: namespaces.join('-'), file: { ...file, spec: { ...file.spec, namespaces, requires } } };
}

function plan(ids: string[], ...labs: Pick<Lab, 'id' | 'file'>[]): WorkshopPlan {
  const list = parseLearnerList(Buffer.from(`id\n${ids.join('\n')}\n`), 'learners.csv');
  return planWorkshop('spring', list, labs, 'learners.csv');
}

const TERMS: Terms = {
  workshop: 'spring',
  limits: DEFAULT_LIMITS,
  loadBalancers: 0,
  outside: false,
  podCidrs: ['10.244.0.0/24', '10.244.1.0/24'],
  priorities: ['system-node-critical'],
};

function prepared(kind: string, terms: Partial<Terms> = {}): KubeObject | undefined {
  return namespaceObjects({ ...TERMS, ...terms }, 'alice', 'alice-shop').find(
    (object) => object.kind === kind,
  );
}

describe('the plan of a workshop', () => {
  it('has each namespace of the labs once for each learner', () => {
    const { learners, standFor } = plan(
      ['alice', 'bob'],
      labThatNeeds(['shop', 'depot']),
      labThatNeeds(['shop', 'yard']),
    );
    expect(standFor).toEqual(['shop', 'depot', 'yard']);
    expect(learners.map(({ namespaces }) => namespaces.map(({ name }) => name))).toEqual([
      ['alice-shop', 'alice-depot', 'alice-yard'],
      ['bob-shop', 'bob-depot', 'bob-yard'],
    ]);
  });

  it('refuses ids that are too long for the namespaces, or come to the namespace of somebody else', () => {
    const long = 'a'.repeat(58);
    const { problems } = plan(
      [`${long}b`, long, 'kim', 'kim-b'],
      labThatNeeds(['shop', 'b-shop']),
      labThatNeeds(['depot']),
    );
    expect(problems.map(({ where, message }) => `${where?.line ?? 0}: ${message.en}`)).toEqual([
      `2: The id "${long}b" is too long: with the namespace "b-shop" of the labs, an id may have 56 characters.`,
      `3: The id "${long}" is too long: with the namespace "b-shop" of the labs, an id may have 56 characters.`,
      '5: The namespace "kim-b-shop" of this learner would also be that of "kim".',
    ]);
    expect(plan(['switchyard'], labThatNeeds(['spring'])).problems[0]?.message.en).toBe(
      'The namespace "switchyard-spring" of this learner would also be that of the workshop.',
    );
  });

  it('allows load balancers and the way out only where a lab is about them', () => {
    expect(plan(['alice'], labThatNeeds(['shop']))).toMatchObject({ loadBalancers: 0, outside: false });
    expect(plan(['alice'], labThatNeeds(['shop'], ['loadBalancer']))).toMatchObject({
      loadBalancers: 2,
      outside: true,
    });
  });
});

describe('what is prepared in a namespace', () => {
  it('lets learners do what labs need, and change nothing that holds them', () => {
    const may = (verb: string, resource: string): boolean =>
      LEARNER_RULES.some(({ resources, verbs }) => resources.includes(resource) && verbs.includes(verb));
    for (const resource of ['pods', 'services', 'deployments', 'endpointslices', 'ingresses', 'secrets'])
      for (const verb of ['list', 'watch', 'create', 'patch', 'delete', 'deletecollection'])
        expect([verb, resource, may(verb, resource)]).toEqual([verb, resource, true]);
    expect(may('create', 'pods/exec') && may('get', 'pods/log') && may('get', 'namespaces')).toBe(true);
    for (const resource of [
      'namespaces',
      'resourcequotas',
      'limitranges',
      'networkpolicies',
      'roles',
      'rolebindings',
      'serviceaccounts',
      'serviceaccounts/token',
      'services/proxy',
      'pods/proxy',
    ])
      for (const verb of ['create', 'update', 'patch', 'delete', 'deletecollection', 'bind', 'escalate'])
        expect([verb, resource, may(verb, resource)]).toEqual([verb, resource, false]);
    expect(LEARNER_RULES.flatMap(({ verbs, resources }) => [...verbs, ...resources])).not.toContain('*');
  });

  it('fits as many pods without requests into the quota as there may be', () => {
    const { limit, request } = containerDefaults(DEFAULT_LIMITS);
    expect({ limit, request }).toEqual({
      limit: { cpu: '250m', memory: '128Mi' },
      request: { cpu: '10m', memory: '16Mi' },
    });
    expect(prepared('ResourceQuota')?.['spec']).toMatchObject({
      hard: { pods: '16', 'limits.cpu': '4', 'requests.cpu': '160m', 'requests.memory': '256Mi' },
    });
  });

  it('opens the network to the own namespaces, and outside of the pods where labs need it', () => {
    expect(JSON.stringify(prepared('NetworkPolicy'))).not.toContain('0.0.0.0/0');
    expect(prepared('NetworkPolicy')?.['spec']).toMatchObject({
      egress: [
        {
          to: [
            {
              namespaceSelector: {
                matchLabels: { 'switchyard.dev/learner': 'alice', 'switchyard.dev/workshop': 'spring' },
              },
            },
          ],
        },
        { ports: [{ port: 53 }, { port: 53 }] },
      ],
    });
    const open = { ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.0.0/24', '10.244.1.0/24'] } };
    expect(prepared('NetworkPolicy', { outside: true })?.['spec']).toMatchObject({
      egress: [{ to: [{}, open] }, {}],
    });
    expect(JSON.stringify(prepared('NetworkPolicy', { outside: true, podCidrs: [] }))).not.toContain(
      '0.0.0.0/0',
    );
  });
});

describe('who enforces NetworkPolicies', () => {
  const daemonSet = (name: string, image = '', container = name): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { template: { spec: { containers: [{ name: container, image }] } } },
  });

  it.each([
    ['Calico', [daemonSet('kube-proxy'), daemonSet('calico-node')], 'v1.34.0', 'enforced'],
    [
      'kindnet',
      [daemonSet('kindnet', 'docker.io/kindest/kindnetd:v20250512-df8de77b')],
      'v1.34.0',
      'enforced',
    ],
    [
      'kindnet',
      [daemonSet('kindnet', 'docker.io/kindest/kindnetd:v20240202-8f1494ea')],
      'v1.29.2',
      'ignored',
    ],
    ['Amazon VPC CNI', [daemonSet('aws-node', '', 'aws-eks-nodeagent')], 'v1.33.0-eks-1', 'enforced'],
    ['Amazon VPC CNI', [daemonSet('aws-node')], 'v1.27.0-eks-1', 'ignored'],
    ['K3s', [], 'v1.34.1+k3s1', 'enforced'],
    ['Flannel', [daemonSet('kube-flannel-ds')], 'v1.34.0', 'ignored'],
  ] as const)('is %s', (by, sets, version, state) => {
    expect(policyEngineOf(sets, version)).toEqual({ state, by });
  });

  it('is the emulated cluster itself', () => {
    expect(policyEngineOf([], 'v1.34.4', ['switchyard://lab-worker'])).toEqual({
      state: 'enforced',
      by: 'Switchyard',
    });
  });

  it('is not guessed where nothing known is there', () => {
    expect(policyEngineOf([daemonSet('my-own-cni')], 'v1.34.0')).toEqual({ state: 'unknown' });
    expect(policyEngineOf([daemonSet('kindnet', 'local/kindnetd:dev')], 'v1.34.0')).toEqual({
      state: 'unknown',
    });
  });
});
