import { expect, test } from 'vitest';
import { testContainer, TerminalSession } from '../test-support.ts';

async function openShell(argv = ['sh']): Promise<TerminalSession> {
  const session = new TerminalSession(testContainer(), argv);
  await session.see('/ # ');
  return session;
}

test('a command line is echoed, run, and followed by a new prompt', async () => {
  const session = await openShell();
  await session.type('echo hi\r');
  expect(await session.see('/ # ')).toBe('echo hi\r\nhi\r\n/ # ');
  await session.type('exit 3\r');
  expect(await session.process.exit).toEqual({ code: 3 });
});

test('Ctrl+C ends the command in the foreground and leaves the shell alone', async () => {
  const session = await openShell();
  await session.type('sleep 1000; echo never\r');
  await session.see('\r\n');
  await new Promise((resolve) => setImmediate(resolve));
  await session.type('\x03');
  const shown = await session.see('/ # ');
  expect(shown).toContain('^C');
  expect(shown).not.toContain('never');
  await session.type('echo $?\r');
  expect(await session.see('/ # ')).toContain('130\r\n');
});

test('Ctrl+C breaks a loop of the shell itself, and gives a new line while typing', async () => {
  const session = await openShell();
  await session.type('while true; do :; done\r');
  await session.see('\r\n');
  await new Promise((resolve) => setImmediate(resolve));
  await session.type('\x03');
  await session.see('/ # ');
  await session.type('half a line\x03');
  expect(await session.see('/ # ')).toBe('half a line^C\r\n/ # ');
});

test('programs read the terminal line by line, with echo and backspace; Ctrl+D ends their input', async () => {
  const session = await openShell();
  await session.type('cat\r');
  await session.see('\r\n');
  await new Promise((resolve) => setImmediate(resolve));
  await session.type('abx\x7fc\r');
  expect(await session.see('abc\r\n')).toBe('abx\b \bc\r\nabc\r\n');
  await session.type('\x04');
  await session.see('/ # ');
  await session.type('\x04');
  expect(await session.process.exit).toEqual({ code: 0 });
});

test('lines can be edited and called back', async () => {
  const session = await openShell();
  await session.type('ho abc\x01ec\x05d\x17xyz\r');
  expect(await session.see('\r\nxyz\r\n')).toBeDefined();
  await session.type('echo two\r');
  await session.see('\r\ntwo\r\n/ # ');
  await session.type('\x1b[A\x1b[A\x1b[B\r');
  await session.see('\r\ntwo\r\n/ # ');
  await session.type('echo abc\x1b[D\x1b[D\x1b[3~X\x15echo gone\x0b\r');
  await session.see('\r\ngone\r\n');
});

test('Tab completes commands and paths', async () => {
  const session = await openShell();
  await session.type('touc\t/tm\tone-file\r');
  await session.see('\r\n/ # ');
  await session.type('ls /tmp/on\t\r');
  await session.see('\r\n/tmp/one-file\r\n');
  await session.see('/ # ');
  await session.type('ls /e\t\t');
  await session.see('/etc/');
  // The second Tab in a row lists what there is.
  expect(await session.see('\x07')).not.toContain('passwd');
  await session.type('\t');
  await session.see('passwd');
  await session.see('/ # ls /etc/');
});

test('a command may go over several lines', async () => {
  const session = await openShell();
  await session.type('for i in 1 2; do\r');
  await session.see('> ');
  await session.type('echo n$i; done\r');
  await session.see('n1\r\nn2\r\n/ # ');
  await session.type('echo "a\rb"\r');
  await session.see('a\r\nb\r\n');
  await session.type('cat <<EOF\r');
  await session.see('> ');
  await session.type('one $((1+1))\r\rEOF\r');
  await session.see('one 2\r\n\r\n/ # ');
  await session.type('history | grep -c cat\r');
  await session.see('\r\n2\r\n');
});

test('a wide character is taken back with both of its cells', async () => {
  const session = await openShell();
  await session.type('cat\r');
  await session.see('\r\n');
  await new Promise((resolve) => setImmediate(resolve));
  await session.type('한글\x7f국\r');
  expect(await session.see('한국\r\n')).toBe('한글\b\b  \b\b국\r\n한국\r\n');
});

test('a job in the background is told of when it has ended, once', async () => {
  const session = await openShell();
  await session.type('sleep 1000 &\r');
  await session.see('/ # ');
  await session.type('kill %1; wait; sleep 0 &\r');
  await session.see('/ # ');
  await session.type('sleep 0.01\r');
  await session.see('[1]+  Done                    sleep 0\r\n/ # ');
  await session.type('sleep 1000 & \r');
  await session.see('/ # ');
  await session.type('kill %1; sleep 0.01\r');
  await session.see('[1]+  Terminated              sleep 1000\r\n/ # ');
  await session.type('jobs; echo none\r');
  await session.see('\r\nnone\r\n');
});

test('a mistake is complained of and the shell goes on', async () => {
  const session = await openShell();
  await session.type('fi\r');
  await session.see('sh: syntax error: unexpected "fi"\r\n');
  await session.type('nope\r');
  await session.see('sh: nope: not found\r\n');
  await session.type('cd /tmp\r');
  await session.see('/tmp # ');
});

test('when the line is lost the shell and what it runs end', async () => {
  const session = await openShell();
  await session.type('sleep 1000\r');
  await session.see('\r\n');
  session.hangUp();
  expect((await session.process.exit).code).toBe(129);
});

test('a terminal tells its size, and programs that write to it list in columns', async () => {
  const session = await openShell();
  await session.type('cd /tmp; touch a b c; ls\r');
  expect(await session.see('c\r\n')).toContain('a  b  c\r\n');
});
