import { describe, expect, test } from 'vitest';
import { run, testContainer } from '../test-support.ts';

/** Scripts with what Debian's bash 5.2 and dash 0.5.12 print for them, with coreutils, mawk and GNU sed and grep. */
const both: [script: string, printed: string][] = [
  ['set -- -a -b x; while getopts ab: o; do echo "$o $OPTARG"; done; echo $?', 'a \nb x\n0\n'],
  ["printf 'a\\nb\\nc\\nd\\n' | grep -B1 c; printf 'a\\nb\\nc\\n' | grep -A1 -n a", 'b\nc\n1:a\n2-b\n'],
  ["printf 'one two\\nthree\\n' | wc", '      2       3      14\n'],
  ["date -u -d @0 '+%Y-%m-%d %H:%M:%S'; date -u -d @86400 +%j", '1970-01-01 00:00:00\n002\n'],
  ['timeout 0.05 sleep 5; echo $?', '124\n'],
  [
    "ln -s /etc/passwd /tmp/l; readlink /tmp/l; [ -L /tmp/l ] && echo link; ls -l /tmp/l | awk '{print $NF}'; head -c 4 /tmp/l; rm /tmp/l; ls /etc/passwd",
    '/etc/passwd\nlink\n/etc/passwd\nroot/etc/passwd\n',
  ],
  [
    'mkdir -p /tmp/a/b; ln -s b /tmp/a/c; echo x > /tmp/a/c/f; cat /tmp/a/b/f; realpath /tmp/a/c/f',
    'x\n/tmp/a/b/f\n',
  ],
  ['cat /nope 2>&1; ls /nope 2>&1; echo $?; rm /nope 2>&1', "cat: /nope: No such file or directory\nls: cannot access '/nope': No such file or directory\n2\nrm: cannot remove '/nope': No such file or directory\n"], // prettier-ignore
  ['umask; nproc | grep -c "[0-9]"; mktemp -u | grep -c tmp', '0022\n1\n1\n'],
  ["printf 'abcdef\\n' | fold -w 3; printf 'a\\nb\\n' | nl | head -1; printf 'a\\nb\\n' | tac; echo abc | rev", 'abc\ndef\n     1\ta\nb\na\ncba\n'], // prettier-ignore
  [
    'printf a > /tmp/1; printf b > /tmp/2; cmp -s /tmp/1 /tmp/2; echo $?; diff /tmp/1 /tmp/1; echo $?',
    '1\n0\n',
  ],
  ["printf 'a\\nb\\nc\\n' > /tmp/1; printf 'a\\nx\\nc\\nd\\n' > /tmp/2; diff /tmp/1 /tmp/2", '2c2\n< b\n---\n> x\n3a4\n> d\n'], // prettier-ignore
  [
    "printf '1\\n2\\n3\\n' | awk '{s+=$1} END {print s, NR}'; printf 'x 5\\ny 15\\n' | awk '$2>10 {print $1}'",
    '6 3\ny\n',
  ],
  [
    'awk \'BEGIN {for(i=0;i<3;i++) printf "%d ", i; print ""}\'; echo | awk -v x=5 \'{print x*2}\'',
    '0 1 2 \n10\n',
  ],
  ["printf 'a 1\\nb 2\\na 3\\n' | awk '{c[$1]+=$2} END {for (k in c) print k, c[k]}' | sort", 'a 4\nb 2\n'],
  [
    "echo 'hello world' | awk '{print length($0), toupper($1), substr($2,1,3), index($0,\"wor\")}'",
    '11 HELLO wor 7\n',
  ],
  ["echo 'a b' | awk '{$1=\"x\"; print}'; echo aXb | awk '{n=split($0,p,\"X\"); print n, p[2]}'; echo foo | awk '{gsub(/o/,\"0\"); print}'", 'x b\n2 b\nf00\n'], // prettier-ignore
  ["awk 'BEGIN{if (1<2 && \"a\"~/a/) print \"ok\"; while(i<2){i++}; print i; print 1/4; printf \"%.2f %s\\n\", 3.14159, \"x\"}'", 'ok\n2\n0.25\n3.14 x\n'], // prettier-ignore
  ["printf 'a\\nb\\nc\\n' | awk 'NR==1,/b/ {print NR\": \"$0}'; awk 'function f(x) {return x*2} BEGIN {print f(21)}'", '1: a\n2: b\n42\n'], // prettier-ignore
];

const bash: [script: string, printed: string][] = [
  [
    '[[ abc == a* ]] && echo match; [[ 5 -gt 3 && x != y ]] && echo both; [[ abc =~ ^a.c$ ]] && echo re',
    'match\nboth\nre\n',
  ],
  [
    'x=hello; echo ${x:1:3} ${x^^} ${x^} ${x/l/L} ${x//l/L}; y=x; echo ${!y}',
    'ell HELLO Hello heLlo heLLo\nhello\n',
  ],
  [
    'for ((i=0;i<3;i++)); do echo $i; done; ((x=5+1)); echo $x; (( x > 3 )) && echo gt; echo $((2**10))',
    '0\n1\n2\n6\ngt\n1024\n',
  ],
  ['echo a |& cat; printf -v out "%03d" 7; echo $out', 'a\n007\n'],
  [
    'x="a b"; [[ $x == "a b" ]] && echo unsplit; [[ -z $nope && ! -e /nope ]] && echo unset',
    'unsplit\nunset\n',
  ],
];

async function printed(shell: 'bash' | 'sh', script: string): Promise<string> {
  const container = testContainer({ image: 'debian:12' });
  const { stdout } = await run(container, [shell, '-c', script]);
  container.kill();
  return stdout;
}

describe.each(['bash', 'sh'] as const)('%s', (shell) => {
  test.each(both)('%s', async (script, wanted) => expect(await printed(shell, script)).toBe(wanted));
});

test.each(bash)('bash: %s', async (script, wanted) => expect(await printed('bash', script)).toBe(wanted));

/** Messages, with the number of the line. */
test.each([
  ['bash', 'nosuch', 'bash: line 1: nosuch: command not found\n', 127],
  ['sh', 'nosuch', 'sh: 1: nosuch: not found\n', 127],
  ['sh', 'echo a\nif; then', 'sh: 2: Syntax error: ";" unexpected\n', 2],
  ['bash', 'cd /nope', 'bash: line 1: cd: /nope: No such file or directory\n', 1],
  ['bash', '[ a -eq 1 ]', 'bash: line 1: [: a: integer expression expected\n', 2],
  ['sh', '[ a -eq 1 ]', 'sh: 1: [: Illegal number: a\n', 2],
  ['bash', 'kill 99999', 'bash: line 1: kill: (99999) - No such process\n', 1],
  ['sh', '[[ a = a ]]', 'sh: 1: [[: not found\n', 127],
] as const)('%s says of %j what the real one says', async (shell, script, message, code) => {
  const { stderr, status } = await run(testContainer({ image: 'debian:12' }), [shell, '-c', script]);
  expect([stderr, status.code]).toEqual([message, code]);
});
