import { describe, expect, it } from 'vitest';
import { VirtualClock } from '#emulator/clock.ts';
import type { TerminalEvent } from '#shared/contract.ts';
import { absentCluster } from '../app/absent-cluster.ts';
import type { KubeClient } from '../kube/client.ts';
import type { ExecSession, OpenExecOptions } from '../kube/exec.ts';
import type { KubeObject, Pod } from '../kube/objects.ts';
import { Attachment, PAUSE_AT_BYTES, RESUME_AT_BYTES } from './attachment.ts';
import { RingBuffer } from './ring-buffer.ts';
import { isReplacement } from './shell.ts';
import { Terminals } from './terminals.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the ring buffer', () => {
  it('keeps the last bytes, across chunks of any size', () => {
    const ring = new RingBuffer(10);
    expect(text(ring.bytes())).toBe('');
    for (const chunk of ['abc', 'defg', 'hij']) ring.push(bytes(chunk));
    expect(text(ring.bytes())).toBe('abcdefghij');
    ring.push(bytes('kl'));
    expect(text(ring.bytes())).toBe('cdefghijkl');
    ring.push(bytes('0123456789ABCDEF'));
    expect(text(ring.bytes())).toBe('6789ABCDEF');
  });
});

describe('flow control', () => {
  it('makes the program wait for a slow screen, and go on when it has caught up', () => {
    const flow: string[] = [];
    const attachment = new Attachment({ pause: () => flow.push('pause'), resume: () => flow.push('resume') });
    attachment.data(new Uint8Array(PAUSE_AT_BYTES));
    expect(flow).toEqual([]);
    attachment.data(new Uint8Array(1));
    attachment.data(new Uint8Array(5000));
    expect(flow).toEqual(['pause']);
    attachment.acknowledge(PAUSE_AT_BYTES + 5001 - RESUME_AT_BYTES);
    expect(flow).toEqual(['pause']);
    attachment.acknowledge(1);
    expect(flow).toEqual(['pause', 'resume']);
    attachment.acknowledge(1_000_000);
    attachment.data(new Uint8Array(PAUSE_AT_BYTES));
    expect(flow).toEqual(['pause', 'resume']);
  });

  it('does not make it wait for a screen that has gone', () => {
    const flow: string[] = [];
    const attachment = new Attachment({ pause: () => flow.push('pause'), resume: () => flow.push('resume') });
    attachment.data(new Uint8Array(PAUSE_AT_BYTES + 1));
    attachment.end();
    attachment.data(new Uint8Array(PAUSE_AT_BYTES + 1));
    expect(flow).toEqual(['pause', 'resume']);
  });
});

function pod(name: string, { running = true, uid = name, labels = {}, deleted = false } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid,
      labels: { app: 'web', ...labels },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true },
      ],
      ...(deleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    },
    spec: { containers: [{ name: 'web' }, { name: 'side' }] },
    status: {
      phase: running ? 'Running' : 'Pending',
      containerStatuses: [
        {
          name: 'web',
          ready: running,
          state: running ? { running: {} } : { waiting: { reason: 'ContainerCreating' } },
        },
      ],
    },
  };
}

/** A cluster with pods that the test changes, and shells that the test speaks for. */
class FakeCluster {
  pods: Pod[] = [];
  readonly shells: {
    pod: string;
    container: string | undefined;
    options: OpenExecOptions;
    written: string;
    size: string;
    closed: boolean;
  }[] = [];
  refusal: Error | undefined;
  readonly kube: KubeClient = {
    ...absentCluster,
    get: <T extends KubeObject>({ name }: { name: string }) =>
      Promise.resolve(this.pods.find(({ metadata }) => metadata.name === name) as unknown as T | undefined),
    list: <T extends KubeObject>() => Promise.resolve(this.pods as unknown as T[]),
    openExec: (_namespace, name, _argv, options): Promise<ExecSession> => {
      if (this.refusal !== undefined) return Promise.reject(this.refusal);
      const shell = {
        pod: name,
        container: options.container,
        options,
        written: '',
        size: '',
        closed: false,
      };
      this.shells.push(shell);
      return Promise.resolve({
        write: (data) => void (shell.written += text(data)),
        endInput: () => undefined,
        resize: (columns, rows) => void (shell.size = `${columns}x${rows}`),
        pause: () => undefined,
        resume: () => undefined,
        buffered: 0,
        close: () => void (shell.closed = true),
      });
    },
  };
  get shell() {
    const last = this.shells.at(-1);
    if (last === undefined) throw new Error('no shell was opened');
    return last;
  }
}

function follow(events: AsyncIterable<TerminalEvent>): { log: string[]; ended: boolean } {
  const seen = { log: [] as string[], ended: false };
  void (async () => {
    for await (const event of events)
      seen.log.push(
        event.type === 'data' ? text(event.bytes) : `${event.info.state}: ${event.info.message?.en ?? ''}`,
      );
    seen.ended = true;
  })();
  return seen;
}

const size = { columns: 120, rows: 40 };

describe('a terminal', () => {
  it('waits for its container, and says so', async () => {
    const clock = new VirtualClock();
    const cluster = new FakeCluster();
    cluster.pods = [pod('web-1', { running: false })];
    const terminals = new Terminals(() => cluster.kube, clock);
    const { id } = terminals.open({ namespace: 'shop', pod: 'web-1', size });
    await settle();
    expect(terminals.list.value[0]).toMatchObject({ state: 'connecting', container: 'web' });
    expect(terminals.list.value[0]?.message?.en).toContain('ContainerCreating');
    cluster.pods = [pod('web-1')];
    await clock.advance(300);
    await settle();
    expect(terminals.list.value[0]).toMatchObject({ id, state: 'open' });
    expect(cluster.shell).toMatchObject({ pod: 'web-1', container: 'web', size: '120x40' });
  });

  it('gives up on a container that does not come, with the last reason', async () => {
    const clock = new VirtualClock();
    const cluster = new FakeCluster();
    cluster.pods = [pod('web-1', { running: false })];
    const terminals = new Terminals(() => cluster.kube, clock);
    terminals.open({ namespace: 'shop', pod: 'web-1', size });
    await settle();
    await clock.advance(61_000);
    await settle();
    expect(terminals.list.value[0]).toMatchObject({ state: 'closed' });
    expect(terminals.list.value[0]?.message?.ko).toContain('ContainerCreating');
  });

  it('replays to a screen that comes later, and ends the screen before', async () => {
    const cluster = new FakeCluster();
    cluster.pods = [pod('web-1')];
    const terminals = new Terminals(() => cluster.kube, new VirtualClock());
    const { id } = terminals.open({ namespace: 'shop', pod: 'web-1', container: 'web', size });
    await settle();
    const session = terminals.get(id);
    const first = follow(session.attach(undefined));
    cluster.shell.options.onData('stdout', bytes('$ '));
    await settle();
    session.write(bytes('ls\n'));
    session.resize({ columns: 10, rows: 5 });
    expect(cluster.shell).toMatchObject({ written: 'ls\n', size: '10x5' });
    expect(first.log).toEqual(['open: ', '$ ']);
    const leave = new AbortController();
    const second = follow(session.attach(leave.signal));
    await settle();
    expect(first.ended).toBe(true);
    expect(second.log).toEqual(['$ ', 'open: ']);
    leave.abort();
    await settle();
    expect(second.ended).toBe(true);
    expect(terminals.list.value[0]?.state).toBe('open');
  });

  it('tells how the shell ended, and starts another in the replacement of a pod that is gone', async () => {
    const cluster = new FakeCluster();
    cluster.pods = [pod('web-1'), pod('other', { labels: { app: 'other' } })];
    const terminals = new Terminals(() => cluster.kube, new VirtualClock());
    const { id } = terminals.open({ namespace: 'shop', pod: 'web-1', size });
    await settle();
    cluster.shell.options.onEnd({ exitCode: 3 });
    await settle();
    expect(terminals.list.value[0]).toMatchObject({ state: 'closed', exitCode: 3 });
    expect(terminals.list.value[0]?.message?.en).toContain('exit status 3');

    await terminals.get(id).connect();
    cluster.pods = cluster.pods.slice(1);
    cluster.shell.options.onEnd({ exitCode: 137 });
    await settle();
    expect(terminals.list.value[0]?.message?.en).toContain('web-1 is gone');

    cluster.pods.push(pod('web-2', { labels: { 'pod-template-hash': 'new' } }));
    await terminals.get(id).connect();
    expect(terminals.list.value).toMatchObject([{ id, state: 'open', pod: 'web-2' }]);
  });

  it('names a pod that is not there, a container without a shell, and a lost connection', async () => {
    const cluster = new FakeCluster();
    const terminals = new Terminals(() => cluster.kube, new VirtualClock());
    const { id } = terminals.open({ namespace: 'shop', pod: 'none', size });
    await settle();
    expect(terminals.list.value[0]?.message?.en).toBe('There is no pod none.');
    cluster.pods = [pod('none')];
    cluster.refusal = new Error('exec: "sh": executable file not found in $PATH');
    await terminals.get(id).connect();
    expect(terminals.list.value[0]?.message?.en).toContain('has no shell');
    cluster.refusal = undefined;
    await terminals.get(id).connect();
    cluster.shell.options.onEnd({ error: new Error('socket hang up') });
    await settle();
    expect(terminals.list.value[0]?.message?.en).toContain('socket hang up');
  });

  it('ends its shell when it is closed, and is then unknown', async () => {
    const cluster = new FakeCluster();
    cluster.pods = [pod('web-1')];
    const terminals = new Terminals(() => cluster.kube, new VirtualClock());
    const { id } = terminals.open({ namespace: 'shop', pod: 'web-1', size });
    await settle();
    terminals.close(id);
    expect(cluster.shell).toMatchObject({ written: '\x03\x04', closed: true });
    expect(terminals.list.value).toEqual([]);
    expect(() => terminals.get(id)).toThrow('closed');
  });
});

describe('the replacement of a pod', () => {
  it('has its labels, but for those of a rollout, and an owner of its kind', () => {
    const gone = pod('web-1', { labels: { 'pod-template-hash': 'a' } });
    expect(isReplacement(pod('web-2', { labels: { 'pod-template-hash': 'b' } }), gone)).toBe(true);
    expect(isReplacement(pod('web-2', { labels: { tier: 'x' } }), gone)).toBe(false);
    expect(isReplacement(pod('web-2', { deleted: true }), gone)).toBe(false);
    expect(isReplacement(gone, gone)).toBe(false);
  });
});
