import { describe, expect, it } from 'vitest';
import { TRAEFIK_IMAGE } from '../providers/ingress/traefik.ts';
import { kindTool } from '../providers/kind/tool.ts';
import { containerFacts, type ContainerLook } from './facts.ts';
import { answering, fakeHost, RECORD } from './testing/facts.ts';

const INFO = JSON.stringify({ ServerVersion: '28.5.1', OperatingSystem: 'Debian', Architecture: 'x86_64' });
const RUNNING = { 'docker info': { stdout: INFO }, 'docker version': { stdout: '{}' } };

/** What docker prints of one container. */
function container(id: string, status: string): string {
  return JSON.stringify([
    {
      Id: id,
      Name: `/${id}`,
      Created: '2026-01-01T00:01:00Z',
      State: { Status: status },
      Config: { Labels: {} },
    },
  ]);
}

function look(answers: Parameters<typeof answering>[0], change: Partial<ContainerLook> = {}, env = {}) {
  const { run, asked } = answering(answers);
  const given: ContainerLook = {
    tool: kindTool(`kindest/node:v1.34.11@sha256:${'4'.repeat(64)}`),
    host: fakeHost({ run, env }),
    clusterName: 'switchyard',
    records: { read: () => Promise.resolve(undefined) },
    labImages: ['agnhost:2.53', 'nginx:1.27'],
    isPortFree: () => Promise.resolve(true),
    leftovers: () => Promise.resolve([]),
    deleteCluster: () => Promise.resolve(),
    ...change,
  };
  return { facts: containerFacts(given), asked };
}

describe('the facts of a run', () => {
  it('are asked for once, however many want them', async () => {
    const { facts, asked } = look({ ...RUNNING, 'docker image inspect': { stdout: '[]' }, 'docker ps': {} });
    const wanted = [facts.running(), facts.images(), facts.images(), facts.cluster(), facts.cluster()];
    await Promise.all([...wanted, facts.engines(), facts.running()]);
    const programs = asked.map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(programs.toSorted()).toEqual(
      [
        'docker image',
        'docker info',
        'docker ps',
        'docker version',
        'nerdctl info',
        'podman info',
      ].toSorted(),
    );
  });

  it('are few where no engine is', async () => {
    const { facts, asked } = look({});
    expect(await facts.running()).toBeUndefined();
    expect(await facts.images()).toBeUndefined();
    expect(await facts.cluster()).toEqual({ own: undefined, otherName: undefined });
    expect(asked.every((line) => / (info|version) /.test(line))).toBe(true);
  });

  it('are those of the engine that the user insists on, and of no other', async () => {
    const { facts, asked } = look(RUNNING, {}, { KIND_EXPERIMENTAL_PROVIDER: 'podman' });
    expect(await facts.running()).toBeUndefined();
    expect(asked).toEqual(['podman info --format json']);
  });

  it('know an image by its digest, and by its tag when it was side-loaded', async () => {
    const there = (image: object) => JSON.stringify([{ Id: 'i', Architecture: 'amd64', ...image }]);
    const missingWith = async (stdout: string) =>
      (await look({ ...RUNNING, 'docker image inspect': { stdout, exitCode: 1 } }).facts.images())?.missing;
    const pods = [TRAEFIK_IMAGE, 'agnhost:2.53', 'nginx:1.27'];
    const digest = `sha256:${'4'.repeat(64)}`;
    expect(await missingWith(there({ RepoDigests: [`kindest/node@${digest}`] }))).toEqual(pods);
    expect(await missingWith(there({ RepoTags: ['kindest/node:v1.34.11'] }))).toEqual(pods);
    expect(await missingWith(there({ RepoTags: ['kindest/node:v1.33.1'] }))).toHaveLength(4);
  });
});

describe('the name of the cluster', () => {
  const ps = (names: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(names).map(([name, stdout]) => [
        `docker ps --all --no-trunc --quiet --filter label=io.x-k8s.kind.cluster=${name}`,
        { stdout },
      ]),
    );
  const standing = (answers: Parameters<typeof answering>[0], record?: typeof RECORD) =>
    look({ ...RUNNING, ...answers }, { records: { read: () => Promise.resolve(record) } }).facts.cluster();

  it('is another one where somebody else’s cluster has it', async () => {
    const answers = {
      ...ps({ 'switchyard-2': '', switchyard: 'f1\n' }),
      'docker container inspect f1': { stdout: container('f1', 'running') },
    };
    expect(await standing(answers)).toEqual({ own: undefined, otherName: 'switchyard-2' });
  });

  it.each([
    ['running', true],
    ['exited', false],
  ])('is ours while our containers are there: %s', async (status, running) => {
    const answers = {
      ...ps({ switchyard: 'c1\n' }),
      'docker container inspect c1': { stdout: container('c1', status) },
    };
    expect(await standing(answers, RECORD)).toEqual({
      own: { record: RECORD, running },
      otherName: undefined,
    });
  });

  it('is free again when somebody deleted our cluster', async () => {
    expect((await standing(ps({ switchyard: '' }), RECORD)).own).toBeUndefined();
  });

  it('is ours while the engine is stopped', async () => {
    expect((await standing({ 'docker ps': { exitCode: 1 } }, RECORD)).own).toEqual({
      record: RECORD,
      running: false,
    });
  });
});
