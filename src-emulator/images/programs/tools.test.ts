import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '../../clock.ts';
import { TestCluster } from '../test-cluster.ts';
import { run, sh, TerminalSession, testContainer } from '../test-support.ts';

/** Each line was run by busybox 1.35 too, with the same result. */
const OUTPUTS: [script: string, stdout: string, code?: number][] = [
  ['echo hi | md5sum', '764efa883dda1e11db47671c4a3bbd9e  -\n'],
  [
    'echo hi > /tmp/x; sha256sum /tmp/x',
    '98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4  /tmp/x\n',
  ],
  ['echo hi > /tmp/x; md5sum /tmp/x > /tmp/sums; md5sum -c /tmp/sums', '/tmp/x: OK\n'],
  ['md5sum /tmp/nope', '', 1],
  ['echo hi | base64; echo aGkK | base64 -d', 'aGkK\nhi\n'],
  ['seq 30 | base64 -w 0 | wc -c', '108\n'],
  [
    'mkdir -p /f/a/b; touch /f/a/x.txt /f/a/b/y.conf; find /f; cd /f; find . -name "*.conf"; find -type d -maxdepth 1',
    '/f\n/f/a\n/f/a/b\n/f/a/b/y.conf\n/f/a/x.txt\n./a/b/y.conf\n.\n./a\n',
  ],
  ['mkdir /e; echo x > /e/a; touch /e/b; find /e -type f ! -empty', '/e/a\n'],
  ['find /nope', '', 1],
  [
    'mkdir -p /q/d; cd /q; echo x > d/f; ln -s d l; ln -s d/f g; ln -s none n; find . -type l; find l; rm n; grep -r x .',
    './g\n./l\n./n\nl\n./d/f:x\n./g:x\n',
  ],
  [
    'mkdir /s; cd /s; mkdir d; ln -s d l; chmod 1777 d; stat -c %A d l; ls -R; chmod 1776 d; ls -ld d | cut -c 1-10',
    'drwxrwxrwt\nlrwxrwxrwx\n.:\nd\nl\n\n./d:\ndrwxrwxrwT\n',
  ],
  ['tty', 'not a tty\n', 1],
  ['echo text > /tmp/t; less /tmp/t; more < /tmp/t', 'text\ntext\n'],
];

test.each(OUTPUTS)('%s', async (script, stdout, code = 0) => {
  const result = await sh(testContainer(), script);
  expect(result.stdout).toBe(stdout);
  expect(result.status.code).toBe(code);
});

describe('complaints', () => {
  test.each([
    ['find /tmp -foo', 'find: unrecognized: -foo\n'],
    ['find /tmp -type q', "find: invalid argument 'q' to '-type'\n"],
    ['stty raw', 'stty: standard input: Inappropriate ioctl for device\n'],
    ["echo 'aGkK!' | base64 -d", 'base64: invalid input\n'],
  ])('%s', async (script, stderr) => {
    expect((await sh(testContainer(), script)).stderr).toBe(stderr);
  });
});

describe('time', () => {
  test('tells how long a command took, in the words of its shell', async () => {
    const clock = new VirtualClock();
    const box = testContainer({ clock });
    const debian = testContainer({ clock, image: 'nginx:1.27' });
    const results = Promise.all([sh(box, 'time sleep 61'), run(debian, ['bash', '-c', 'time sleep 2'])]);
    await clock.advance(62_000);
    const [inBusybox, inBash] = await results;
    expect(inBusybox.stderr).toBe('real\t1m 1.00s\nuser\t0m 0.00s\nsys\t0m 0.00s\n');
    expect(inBash.stderr).toBe('\nreal\t0m2.000s\nuser\t0m0.000s\nsys\t0m0.000s\n');
  });
});

describe('at a terminal', () => {
  test('less and more show a screenful at a time', async () => {
    const container = testContainer();
    container.fs.writeFile('/tmp/long', Array.from({ length: 30 }, (_, at) => `line ${at + 1}\n`).join(''));
    const size = { columns: 40, rows: 11 };
    const less = new TerminalSession(container, ['less', '/tmp/long'], size);
    expect(await less.see('/tmp/long')).toContain('line 10');
    expect(less.screen).not.toContain('line 11');
    await less.type(' ');
    await less.see('line 20');
    await less.type('\r');
    await less.see('line 21');
    await less.type('q');
    expect((await less.process.exit).code).toBe(0);

    const more = new TerminalSession(container, ['more', '/tmp/long'], size);
    await more.see('--More-- (33%)');
    await more.type(' ');
    await more.see('--More-- (66%)');
    await more.type(' ');
    await more.see('line 30');
    expect((await more.process.exit).code).toBe(0);
  });

  test('tty and stty know it, and stty -echo keeps what is typed to itself', async () => {
    const session = new TerminalSession(testContainer(), [
      'sh',
      '-c',
      'tty; stty size; stty -echo; echo "?"; read word; stty echo; echo "got $word"',
    ]);
    await session.see('/dev/pts/0');
    await session.see('24 80');
    await session.see('?');
    await session.type('secret\r');
    await session.see('got secret');
    expect(session.screen.match(/secret/g)).toHaveLength(1);
  });
});

describe('getent and telnet', () => {
  let cluster: TestCluster;
  beforeAll(() => (cluster = new TestCluster()));
  afterAll(() => cluster.close());

  test('look names up and reach what is behind them', async () => {
    const web = cluster.pod('web-1', 'nginx:1.27');
    const box = cluster.pod('box', 'busybox:1.36', { command: ['sleep', 'infinity'] });
    cluster.service('site', '10.96.77.2', 80, [web]);
    expect((await sh(box.container, 'getent hosts site')).stdout).toBe(
      '10.96.77.2      site.default.svc.cluster.local\n',
    );
    expect((await sh(box.container, 'getent hosts 10.96.77.2')).stdout).toBe(
      '10.96.77.2      site.default.svc.cluster.local\n',
    );
    expect((await sh(box.container, 'getent hosts localhost')).stdout).toBe('127.0.0.1       localhost\n');
    expect((await sh(box.container, 'getent hosts nope')).status.code).toBe(2);
    expect((await sh(box.container, `telnet ${web.address} 81`)).stderr).toBe(
      `telnet: can't connect to remote host (${web.address}): Connection refused\n`,
    );
    const told = await sh(box.container, 'printf "GET / HTTP/1.0\\n\\n" | telnet site 80');
    expect(told.stdout).toMatch(/^Connected to site\nHTTP\/1\.1 200 OK/);
  });
});
