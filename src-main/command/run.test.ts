import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isProcessAlive } from '#emulator/process-identity.ts';
import { commandLine, type Command } from './command.ts';
import { CommandLog } from './log.ts';
import { runCommand } from './run.ts';

const node = (code: string): Command => ({ program: process.execPath, args: ['-e', code] });
const soon = { deadlineMs: 10_000 };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'switchyard-command-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('running a command', () => {
  it('gives what was printed and the exit status, and tells of each line', async () => {
    const lines: string[] = [];
    const result = await runCommand(
      node('console.log("one\\ntwo"); console.error("oh"); process.exitCode = 3'),
      { ...soon, onLine: (line, from) => lines.push(`${from}: ${line}`) },
    );
    expect(result).toEqual({ exitCode: 3, stdout: 'one\ntwo\n', stderr: 'oh\n' });
    expect(lines.toSorted()).toEqual(['stderr: oh', 'stdout: one', 'stdout: two']);
  });

  it('hands on input and environment, and nothing goes through a shell', async () => {
    const code =
      'process.stdout.write(process.env.HUE + process.argv[1] + "|"); process.stdin.pipe(process.stdout)';
    const { stdout } = await runCommand(
      { program: process.execPath, args: ['-e', code, '$(id)'], env: { HUE: 'blue' } },
      { ...soon, stdin: 'typed\n' },
    );
    expect(stdout).toBe('blue$(id)|typed\n');
  });

  it('streams large output without keeping it', async () => {
    let bytes = 0;
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done();
      },
    });
    const result = await runCommand(node('process.stdout.write(Buffer.alloc(5_000_000, 65))'), {
      ...soon,
      stdout: sink,
    });
    expect(result).toMatchObject({ exitCode: 0, stdout: '' });
    expect(bytes).toBe(5_000_000);
  });

  it('feeds a program from any stream, and fails with one that breaks off', async () => {
    const code =
      'let n = 0; process.stdin.on("data", (c) => (n += c.length)).on("end", () => console.log(n))';
    const passing = Readable.from([Buffer.alloc(300_000), Buffer.alloc(4)]).pipe(new PassThrough());
    expect(await runCommand(node(code), { ...soon, stdin: passing })).toMatchObject({ stdout: '300004\n' });
    const breaking = Readable.from(
      (async function* () {
        yield Buffer.alloc(10);
        throw new Error('the stick was pulled');
      })(),
    );
    await expect(runCommand(node(code), { ...soon, stdin: breaking })).rejects.toThrow(
      'the stick was pulled',
    );
  });

  it('says which program is missing', async () => {
    await expect(runCommand({ program: 'no-such-program-here', args: [] }, soon)).rejects.toMatchObject({
      reason: 'missing',
      problem: {
        code: 'program-missing',
        message: { en: expect.stringContaining('no-such-program-here') as string },
      },
    });
  });

  // A child of the child keeps running when only the child is ended: as `docker run` does under kind.
  const family = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")'], { stdio: ['ignore', 'inherit', 'inherit'] });
    console.log('pid ' + child.pid);
    setInterval(() => {}, 1000);`;

  it('ends a command that is given up, and everything that it started, also what does not listen', async () => {
    const cancel = new AbortController();
    let grandchild = 0;
    const running = runCommand(node(family), {
      deadlineMs: 60_000,
      signal: cancel.signal,
      onLine: (line) => {
        grandchild = Number(/pid (\d+)/.exec(line)?.[1] ?? grandchild);
        if (line === 'up') cancel.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    expect(grandchild).toBeGreaterThan(0);
    expect(isProcessAlive(grandchild)).toBe(false);
  });

  it('ends a command that takes too long, and says which it was', async () => {
    await expect(runCommand(node('setInterval(() => {}, 1000)'), { deadlineMs: 300 })).rejects.toMatchObject({
      reason: 'deadline',
      problem: { message: { en: expect.stringContaining('setInterval') as string } },
    });
  });

  it('leaves nothing behind when this process ends before what it was ending', async () => {
    const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up ' + process.pid);`;
    const hasty = `
      const { runCommand } = await import(${JSON.stringify(join(import.meta.dirname, 'run.ts'))});
      const cancel = new AbortController();
      runCommand({ program: process.execPath, args: ['-e', ${JSON.stringify(deaf)}] }, {
        deadlineMs: 60_000,
        signal: cancel.signal,
        onLine: (line) => {
          cancel.abort();
          process.stdout.write(line, () => process.exit(0));
        },
      }).catch(() => {});`;
    const { stdout } = await runCommand(
      { program: process.execPath, args: ['--input-type=module', '-e', hasty] },
      { deadlineMs: 60_000 },
    );
    const pid = Number(/up (\d+)/.exec(stdout)?.[1]);
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isProcessAlive(pid), { timeout: 5000 }).toBe(false);
  });

  it('does not start what was given up before', async () => {
    await expect(runCommand(node(''), { ...soon, signal: AbortSignal.abort() })).rejects.toMatchObject({
      problem: { code: 'cancelled' },
    });
  });
});

describe('the log of commands', () => {
  it('keeps command and output with times, without what a terminal would obey', async () => {
    const log = await CommandLog.open(join(directory, 'logs', 'create.log'), () => new Date(0));
    await runCommand(node('console.log("\\u001b[1mbold\\u001b[0m\\u0007")'), { ...soon, log });
    await log.close();
    expect(log.lines.at(-1)).toBe('bold');
    const text = await readFile(log.file, 'utf8');
    expect(text).toContain('1970-01-01T00:00:00.000Z bold\n');
    expect(text.split('\n')[0]).toContain('$ ');
  });

  it('shows a command as one would type it', () => {
    expect(commandLine({ program: 'kind', args: ['create', '--name', 'a b', "it's"] })).toBe(
      `kind create --name 'a b' 'it'\\''s'`,
    );
  });
});
