import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Clock } from '#emulator/clock.ts';
import { impatientClock } from '../../providers/testing/impatient-clock.ts';
import { KubeStatusError, KubeUnreachableError } from '../../kube/errors.ts';
import { tenancyExtensionSchema } from '../../tenancy/tenancy.ts';
import { FakeFacilitator } from '../../workshops/testing/fake-facilitator.ts';
import { oneLab } from './testing/one-lab.ts';
import { runWorkshop } from './testing/run-workshop.ts';

let folder: string;
let labs: string;
let clock: Clock;
let cluster: FakeFacilitator;
let interrupt: AbortController;
let answer: boolean | undefined;
let out: string[];
let err: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-workshop-'));
  labs = await oneLab(folder);
  clock = impatientClock();
  cluster = new FakeFacilitator(() => clock.now());
  interrupt = new AbortController();
  answer = undefined;
});
afterEach(() => rm(folder, { recursive: true }));

function run(args: string[], locale: 'en' | 'ko' = 'en'): Promise<number> {
  out = [];
  err = [];
  return runWorkshop(
    args,
    {
      open: () => Promise.resolve(cluster),
      clock,
      ask: () => Promise.resolve(answer),
      untilInterrupted: () => interrupt.signal,
    },
    {
      labs,
      dataDirectory: join(folder, 'data'),
      locale,
      out: (line) => out.push(line),
      err: (line) => err.push(line),
    },
  );
}

async function prepare(list: string, ...options: string[]): Promise<number> {
  const learners = join(folder, 'learners.csv');
  await writeFile(learners, list);
  const place = ['--learners', learners, '--kubeconfig', 'admin.kubeconfig', '--out', join(folder, 'out')];
  return run(['prepare', ...place, ...options]);
}

function unprepare(...options: string[]): Promise<number> {
  return run(['unprepare', '--kubeconfig', 'admin.kubeconfig', ...options]);
}

interface LearnerKubeconfig {
  clusters: { cluster: object }[];
  users: { user: { token: string } }[];
  contexts: { context: { namespace: string; extensions: { name: string; extension: unknown }[] } }[];
}

async function kubeconfig(learner: string): Promise<LearnerKubeconfig> {
  return parse(await readFile(join(folder, 'out', `${learner}.kubeconfig`), 'utf8')) as LearnerKubeconfig;
}

describe('switchyard cluster prepare', () => {
  it('gives each learner namespaces with rights, limits and isolation, and a private kubeconfig', async () => {
    expect(await prepare('name\nAlice\nBob\n', '--yes')).toBe(0);
    expect(cluster.names('Namespace')).toEqual([
      'alice-depot',
      'alice-shop',
      'bob-depot',
      'bob-shop',
      'switchyard-workshop',
    ]);
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'alice-shop' })).toMatchObject({
      metadata: {
        labels: {
          'switchyard.dev/learner': 'alice',
          'switchyard.dev/stands-for': 'shop',
          'switchyard.dev/workshop': 'workshop',
          'pod-security.kubernetes.io/enforce': 'baseline',
        },
      },
    });
    expect(cluster.names('ServiceAccount')).toEqual(['switchyard-workshop/alice', 'switchyard-workshop/bob']);
    for (const kind of ['Role', 'RoleBinding', 'LimitRange', 'NetworkPolicy', 'ResourceQuota'])
      expect(cluster.names(kind)).toContain('alice-shop/switchyard-learner');
    const path = join(folder, 'out', 'alice.kubeconfig');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { contexts, users, clusters } = await kubeconfig('alice');
    expect(contexts).toHaveLength(1);
    expect(contexts[0]?.context.namespace).toBe('alice-shop');
    const [extension] = contexts[0]?.context.extensions ?? [];
    expect(extension?.name).toBe('switchyard.dev/tenancy');
    expect(tenancyExtensionSchema.parse(extension?.extension)).toMatchObject({
      learner: 'alice',
      prefix: 'alice-',
      capabilities: { nodes: 1, has: [], missing: { ingress: { en: 'There is no IngressClass.' } } },
    });
    expect(users[0]?.user).toEqual({ token: 'token-switchyard-workshop-alice-0' });
    expect(clusters[0]?.cluster).toEqual({
      server: 'https://big.example.org:6443',
      'certificate-authority-data': Buffer.from('the CA').toString('base64'),
    });
  });

  it('says which file is for whom, and until when, without a secret', async () => {
    await prepare('name\n김민수\n', '--yes');
    const text = await readFile(join(folder, 'out', 'learners.json'), 'utf8');
    expect(text).not.toContain('token-');
    expect(JSON.parse(text)).toEqual({
      workshop: 'workshop',
      server: 'https://big.example.org:6443',
      learners: [
        {
          learner: 'gimminsu',
          name: '김민수',
          file: 'gimminsu.kubeconfig',
          namespaces: ['gimminsu-shop', 'gimminsu-depot'],
          validUntil: expect.stringMatching(/^\d{4}-/) as string,
        },
      ],
    });
  });

  it('adds only who is new when run again, renews kubeconfigs and keeps what learners did', async () => {
    await prepare('name\nAlice\n', '--yes');
    cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace: 'alice-shop' } });
    const before = cluster.all('Role').concat(cluster.all('Namespace'), cluster.all('ResourceQuota'));
    expect(await prepare('name\nAlice\nBob\n', '--yes')).toBe(0);
    for (const { apiVersion, kind, metadata } of before)
      expect((await cluster.get({ apiVersion, kind, ...metadata }))?.metadata.resourceVersion).toBe(
        metadata.resourceVersion,
      );
    expect(cluster.names('ConfigMap')).toEqual(['alice-shop/mine']);
    expect(out.join('\n')).toContain('2 learners are ready (1 of them were, and have a new kubeconfig)');
    expect((await kubeconfig('alice')).users[0]?.user.token).not.toBe('token-switchyard-workshop-alice-0');
    const index = await readFile(join(folder, 'out', 'learners.json'), 'utf8');
    expect(index).toContain('"bob"');
    // A list of one more: the others stay in the index.
    await prepare('name\nCarol\n', '--yes');
    expect(await readFile(join(folder, 'out', 'learners.json'), 'utf8')).toContain('"alice"');
  });

  it('changes limits of who is there when they are given anew', async () => {
    await prepare('name\nAlice\n', '--yes');
    await prepare('name\nAlice\n', '--yes', '--pods', '30', '--cpu', '6', '--memory', '3Gi');
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      namespace: 'alice-shop',
      name: 'switchyard-learner',
    };
    expect(await cluster.get(quota)).toMatchObject({
      spec: { hard: { pods: '30', 'limits.cpu': '6', 'limits.memory': '3Gi' } },
    });
  });

  it('leaves namespaces of others alone, and goes on with the other learners', async () => {
    const foreign = cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'alice-shop' } });
    expect(await prepare('name\nAlice\nBob\n', '--yes')).toBe(1);
    expect(cluster.names('Namespace')).toEqual([
      'alice-shop',
      'bob-depot',
      'bob-shop',
      'switchyard-workshop',
    ]);
    expect(cluster.all('Namespace').find(({ metadata }) => metadata.name === 'alice-shop')).toEqual(foreign);
    expect(cluster.names('ServiceAccount')).toEqual(['switchyard-workshop/bob']);
    expect(await readdir(join(folder, 'out'))).toEqual(['bob.kubeconfig', 'learners.json']);
    expect(err.join('\n')).toContain(
      'already has a namespace "alice-shop" that was not prepared by this app',
    );
    expect(out.join('\n')).toContain('1 learners are not ready: alice.');
  });

  it('does not take over the learners of another workshop', async () => {
    await prepare('name\nAlice\n', '--yes', '--workshop', 'spring');
    expect(await prepare('name\nAlice\n', '--yes', '--workshop', 'autumn')).toBe(1);
    expect(err.join('\n')).toContain('belongs to the workshop "spring"');
  });

  it('bears a cluster that is busy: what may pass is tried again', async () => {
    const busy = new KubeStatusError(429, { reason: 'TooManyRequests' }, 'POST');
    const reset = new KubeUnreachableError(cluster.server, 'POST', new Error('ECONNRESET'));
    cluster.mishaps.set('Role', [busy, busy, reset]);
    cluster.mishaps.set('Namespace', [new KubeStatusError(503, {}, 'POST')]);
    expect(await prepare('name\nAlice\n', '--yes')).toBe(0);
    expect(cluster.names('Role')).toHaveLength(2);
  });

  it('gives up one learner at the deadline, with what was seen last', async () => {
    cluster.mishaps.set(
      'LimitRange',
      Array.from({ length: 1000 }, () => new KubeStatusError(500, { message: 'etcd is slow' }, 'POST')),
    );
    expect(await prepare('name\nAlice\n', '--yes')).toBe(1);
    expect(err.join('\n')).toMatch(/Waited 180 s for everything of alice to be prepared.*etcd is slow/);
  });

  it('names what the facilitator may not do, before anything is made', async () => {
    for (const denied of ['create namespaces', 'create serviceaccounts/token', 'patch roles'])
      cluster.denied.add(denied);
    expect(await prepare('name\nAlice\n', '--yes')).toBe(2);
    expect(err[0]).toBe(
      'This kubeconfig may not do what a workshop needs: create namespaces, create serviceaccounts/token, patch roles.rbac.authorization.k8s.io.',
    );
    expect(cluster.all('Namespace')).toEqual([]);
  });

  it('wants every right that it gives, unless it may escalate', async () => {
    cluster.denied.add('deletecollection secrets');
    expect(await prepare('name\nAlice\n', '--yes')).toBe(0);
    cluster.denied.add('escalate roles');
    expect(await prepare('name\nAlice\n', '--yes')).toBe(2);
    expect(err[0]).toContain('needs: deletecollection secrets.');
    for (const verb of ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'])
      cluster.denied.add(`${verb} secrets`);
    await prepare('name\nAlice\n', '--yes');
    expect(err[0]).toContain('needs: escalate roles.rbac.authorization.k8s.io.');
  });

  it('shows what it will do and asks; without an answer nothing is changed', async () => {
    expect(await prepare('name\nAlice\n')).toBe(2);
    expect(out.join('\n')).toMatch(
      /big\.example\.org[^]*2 namespaces \(0 of them are there\): alice-shop, alice-depot/,
    );
    expect(err.slice(-2)).toEqual(['Nothing was changed.', 'Add --yes to go ahead.']);
    answer = false;
    expect(await prepare('name\nAlice\n')).toBe(2);
    expect(cluster.all('Namespace')).toEqual([]);
    answer = true;
    expect(await prepare('name\nAlice\n')).toBe(0);
  });

  it('reports everything that is wrong with the list, and asks nothing of the cluster', async () => {
    const long = 'a'.repeat(60);
    expect(await prepare(`id\nalice\nalice\n${long}\nA b\n`, '--yes')).toBe(2);
    const file = join(folder, 'learners.csv');
    expect(err).toEqual([
      expect.stringContaining(`${file}:3:1: The learner "alice" is already in line 2.`),
      expect.stringContaining(`${file}:4:1: The id "${long}" is too long`),
      expect.stringContaining(`${file}:5:1: "A b" cannot be the id of a learner`),
    ]);
    expect(cluster.all('Namespace')).toEqual([]);
  });

  it('says until when kubeconfigs are good where the cluster gives less than was asked for', async () => {
    cluster.longestToken = 3600;
    await prepare('name\nAlice\n', '--yes', '--valid-for', '7d');
    expect(out.at(-1)).toMatch(/good until .*less than was asked for/);
  });

  it('warns where nothing enforces NetworkPolicies', async () => {
    cluster.put({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-flannel-ds', namespace: 'x' },
    });
    await prepare('name\nAlice\n', '--yes');
    expect(err.join('\n')).toContain(
      'Flannel does not enforce NetworkPolicies: pods of learners reach one another.',
    );
  });

  it('speaks JSON to programs, and nothing beside it', async () => {
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bob-shop' } });
    expect(await prepare('name\nAlice\nBob\n', '--yes', '--json')).toBe(1);
    expect(JSON.parse(out.join(''))).toMatchObject({
      ok: false,
      workshop: 'workshop',
      learners: [
        { learner: 'alice', state: 'prepared', file: 'alice.kubeconfig' },
        { learner: 'bob', state: 'failed', problem: { code: 'namespace-taken' } },
      ],
    });
    expect(out.join('')).not.toContain('token-');
  });

  it('begins nothing after Ctrl+C', async () => {
    interrupt.abort(new Error('cancelled'));
    expect(await prepare('name\nAlice\n', '--yes')).toBe(2);
    expect(err.at(-1)).toBe('Cancelled.');
    expect(cluster.all('Namespace')).toEqual([]);
  });
});

describe('switchyard cluster unprepare', () => {
  it('deletes what was prepared for the workshop, and nothing else', async () => {
    await prepare('name\nAlice\nBob\n', '--yes');
    await prepare('name\nCarol\n', '--yes', '--workshop', 'other');
    cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dave-shop' } });
    expect(await unprepare('--workshop', 'workshop', '--yes')).toBe(0);
    expect(cluster.names('Namespace')).toEqual([
      'carol-depot',
      'carol-shop',
      'dave-shop',
      'switchyard-other',
    ]);
    expect(out).toContain('gone: Namespace alice-shop');
    expect(out.at(-1)).toContain('of 2 learners');
    expect(await unprepare('--workshop', 'workshop', '--yes')).toBe(0);
    expect(out).toEqual(['Nothing of the workshop "workshop" is in https://big.example.org:6443.']);
  });

  it('takes back some learners, with their accounts, and leaves the others', async () => {
    await prepare('name\nAlice\nBob\n', '--yes');
    const list = join(folder, 'gone.csv');
    await writeFile(list, 'name\nBob\n');
    expect(await unprepare('--learners', list, '--yes')).toBe(0);
    expect(cluster.names('Namespace')).toEqual(['alice-depot', 'alice-shop', 'switchyard-workshop']);
    expect(cluster.names('ServiceAccount')).toEqual(['switchyard-workshop/alice']);
    await writeFile(list, 'name\nAlice\n');
    expect(await unprepare('--learners', list, '--yes')).toBe(0);
    expect(cluster.names('Namespace')).toEqual([]);
  });

  it('wants to be told which, and asks before it deletes', async () => {
    expect(await unprepare('--yes')).toBe(2);
    expect(err[0]).toBe('It was not said what to take back.');
    await prepare('name\nAlice\n', '--yes');
    expect(await unprepare('--workshop', 'workshop')).toBe(2);
    expect(cluster.names('Namespace')).toHaveLength(3);
  });
});
