import { describe, expect, test } from 'vitest';
import { run, sh, testContainer } from '../test-support.ts';

/** Each line was run by busybox's ash 1.35 too, with the same result. */
const OUTPUTS: [script: string, stdout: string, code?: number][] = [
  ['echo hi', 'hi\n'],
  [`echo "a  b"  c 'd  $e' f\\ g`, 'a  b c d  $e f g\n'],
  ['x=1; y="$x-${x}2"; echo $y ${z:-none} ${#y}', '1-12 none 4\n'],
  ['x=a.b.c; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.}', 'a.b a b.c c\n'],
  ['echo ${x:=set} $x; echo ${x:+other}', 'set set\nother\n'],
  ['set -- a "b c" d; echo $# "$2"; for i in "$@"; do echo "<$i>"; done; shift; echo $1', '3 b c\n<a>\n<b c>\n<d>\nb c\n'],
  ['echo $(echo a; echo b) `echo c` "$(printf "d\\n\\n")"', 'a b c d\n'],
  ['echo $((1 + 2 * 3)) $((7 / 2)) $((7 % 4)) $((2 > 1 && 3 == 3)) $((0x10))', '7 3 3 1 16\n'],
  ['i=5; echo $((i++)) $((i += 2)) $i $((i > 3 ? 1 : 0))', '5 8 8 1\n'],
  ['true && echo yes || echo no; false && echo yes || echo no', 'yes\nno\n'],
  ['! true; echo $?; ! false; echo $?', '1\n0\n'],
  ['if [ 1 -lt 2 ]; then echo a; elif true; then echo b; else echo c; fi', 'a\n'],
  ['for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done', '1\n3\n'],
  ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
  ['i=3; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i', '0\n'],
  ['case abc in x|a*) echo star;; *) echo other;; esac', 'star\n'],
  ['case "$nothing" in "") echo empty;; esac', 'empty\n'],
  ['f() { local x=in; echo $1 $x; return 3; }; x=out; f arg; echo $? $x', 'arg in\n3 out\n'],
  ['(x=1; exit 4); echo $? $x', '4\n'],
  ['{ echo a; echo b; } | cat', 'a\nb\n'],
  ['x=1; echo 2 | read x; echo $x', '1\n'],
  ['printf "a b\\nc d\\n" | while read one two; do echo "$two $one"; done', 'b a\nd c\n'],
  ['echo one > /tmp/f; echo two >> /tmp/f; cat < /tmp/f', 'one\ntwo\n'],
  ['cat <<EOF\nhi $((1+1))\n  "q"\nEOF', 'hi 2\n  "q"\n'],
  ['cat <<EOF\nno end', 'no end\n'],
  ["cat <<'EOF'\nhi $HOME\nEOF", 'hi $HOME\n'],
  ['{ echo out; echo err >&2; } 2>&1 >/dev/null | cat', 'err\n'],
  ['cd /tmp && pwd; cd - >/dev/null; pwd', '/tmp\n/\n'],
  ['mkdir /g; cd /g; touch a.txt b.txt c.md .hid; echo *.txt *; echo [ab].* nomatch*', 'a.txt b.txt a.txt b.txt c.md\na.txt b.txt nomatch*\n'],
  ['X=1 env | grep ^X; echo "$X"; export Y=2; env | grep ^Y', 'X=1\n\nY=2\n'],
  ['eval "a=1; echo \\$a"; type cd; command -v cat', '1\ncd is a shell builtin\n/bin/cat\n'],
  ['set -e; echo a; false; echo b', 'a\n', 1],
  ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
  ['exit 300', '', 44],
  ['sleep 0 & wait $!; echo $?', '0\n'],
  ['expr 1 + 2 \\* 3; expr 7 / -2; expr abc : "a\\(.\\)"; expr length abc', '7\n-3\nb\n3\n'],
  ['expr 0; echo $?; expr a = a; expr 2 \\< 10; expr "" \\| no', '0\n1\n1\n1\nno\n'],
  ['yes | head -n 2', 'y\ny\n'],
  ['IFS=:; set -- $(echo a:b:c); echo $2', 'b\n'],
  ['echo "$(cat <<EOF\nnested\nEOF\n)"', 'nested\n'],
  ['echo a \\\n  b # comment', 'a b\n'],
  ['if true; then\n  echo multi\nfi\n\necho line', 'multi\nline\n'],
  ['test -d /tmp -a -f /etc/passwd && echo ok; [ -z "" ] && [ ! -e /nope ] && echo ok', 'ok\nok\n'],
  ['printf "%s-%03d|%5s|%-5s|\\n" a 7 b c; printf "%s\\n" x y', 'a-007|    b|c    |\nx\ny\n'],
]; // prettier-ignore

test.each(OUTPUTS)('%s', async (script, stdout, code = 0) => {
  const result = await sh(testContainer(), script);
  expect(result).toEqual({ stdout, stderr: '', status: { code } });
});

const COMPLAINTS: [script: string, stderr: string, code: number][] = [
  ['foo', 'sh: foo: not found\n', 127],
  ['/tmp', 'sh: /tmp: Permission denied\n', 126],
  ['cat < nope', "sh: can't open nope: no such file\n", 1],
  ['echo > /no/where', "sh: can't create /no/where: nonexistent directory\n", 1],
  ['echo hi; done', 'sh: syntax error: unexpected "done"\n', 2],
  ['if true; then', 'sh: syntax error: unexpected end of file (expecting "fi")\n', 2],
  ['echo "a', 'sh: syntax error: unterminated quoted string\n', 2],
  ['echo a | | b', 'sh: syntax error: unexpected "|"\n', 2],
  ['echo $((1/0))', 'sh: divide by zero\n', 2],
  ['echo ${x?bad}', 'sh: x: bad\n', 2],
  ['set -u; echo $nope', 'sh: nope: parameter not set\n', 2],
  ['set -x; echo "a b"', "+ echo 'a b'\n", 0],
];

test.each(COMPLAINTS)('%s complains as ash does', async (script, stderr, code) => {
  const result = await sh(testContainer(), script);
  expect(result).toMatchObject({ stderr, status: { code } });
});

describe('programs and scripts', () => {
  test('a script with #! runs under its interpreter, one without under the shell', async () => {
    const container = testContainer();
    const { stdout } = await sh(
      container,
      `printf '#!/bin/sh\\necho script $0 $1\\n' > /tmp/s; chmod +x /tmp/s; /tmp/s x; echo 'echo plain $1' > /tmp/p; chmod +x /tmp/p; /tmp/p y`,
    );
    expect(stdout).toBe('script /tmp/s x\nplain y\n');
  });

  test('the way the app opens a terminal ends up in the best shell there is', async () => {
    const script = 'command -v bash >/dev/null && exec bash || exec sh';
    const here = 'echo ${BASH_TEST-x} {1..3}';
    const inBusybox = await run(testContainer(), ['sh', '-c', script], here);
    const inAgnhost = await run(
      testContainer({ image: 'registry.k8s.io/e2e-test-images/agnhost:2.53' }),
      ['sh', '-c', script],
      here,
    );
    expect(inBusybox.stdout).toBe('x {1..3}\n');
    expect(inAgnhost.stdout).toBe('x 1 2 3\n');
  });

  test('what a pipeline says arrives as it is said', async () => {
    const { stdout } = await sh(
      testContainer(),
      'for i in 1 2; do echo $i; done | while read n; do echo "got $n"; done; echo end',
    );
    expect(stdout).toBe('got 1\ngot 2\nend\n');
  });

  test('exec replaces the shell: the process stays the same', async () => {
    const { stdout } = await sh(testContainer(), "echo $$; exec sh -c 'echo $$'");
    const [before, after] = stdout.split('\n');
    expect(after).toBe(before);
  });

  test('bash and dash complain in their own words', async () => {
    const agnhost = testContainer({ image: 'registry.k8s.io/e2e-test-images/agnhost:2.53' });
    expect((await run(agnhost, ['bash', '-c', 'foo'])).stderr).toBe('bash: line 1: foo: command not found\n');
    expect((await sh(testContainer({ image: 'nginx:1.27' }), 'foo')).stderr).toBe('sh: 1: foo: not found\n');
  });
});
