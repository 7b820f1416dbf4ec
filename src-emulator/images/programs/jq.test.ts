import { expect, test } from 'vitest';
import { run, sh, testContainer } from '../test-support.ts';

const LIST = JSON.stringify({
  kind: 'List',
  items: [
    { metadata: { name: 'a', labels: { app: 'x' } }, spec: { ports: [{ port: 80 }, { port: 443 }], n: 3 } },
    { metadata: { name: 'b' }, spec: { n: 1 } },
  ],
});
const container = testContainer({ image: 'nicolaka/netshoot' });

/** Filters with what jq 1.7 prints for the list above. */
test.each([
  [['-r', '.items[].metadata.name'], 'a\nb\n'],
  [['.items | length'], '2\n'],
  [['-c', '[.items[] | select(.spec.n > 2) | .metadata.name]'], '["a"]\n'],
  [['-r', '.items[] | "\\(.metadata.name) \\(.spec.n)"'], 'a 3\nb 1\n'],
  [['-c', '.items | sort_by(.spec.n) | map(.metadata.name)'], '["b","a"]\n'],
  [['-c', '.items[0].metadata.labels | to_entries'], '[{"key":"app","value":"x"}]\n'],
  [['-c', '.items[].spec.ports[]?.port'], '80\n443\n'],
  [['-r', '"aGk=" | @base64d'], 'hi\n'],
  [['-r', '.items[] | [.metadata.name, .spec.n] | @tsv'], 'a\t3\nb\t1\n'],
  [['-c', '[.items[] | {name: .metadata.name, n: .spec.n}]'], '[{"name":"a","n":3},{"name":"b","n":1}]\n'],
  [['-c', 'reduce .items[] as $i (0; . + $i.spec.n)'], '4\n'],
  [['-c', '.items |= map(.metadata.name) | .items'], '["a","b"]\n'],
  [['-c', 'del(.items)'], '{"kind":"List"}\n'],
  [['-c', '.x // "d"'], '"d"\n'],
  [['-c', 'if .kind == "List" then 1 else 2 end'], '1\n'],
  [['-c', 'with_entries(select(.key == "kind"))'], '{"kind":"List"}\n'],
  [['-c', '.items | group_by(.spec.n) | map(length)'], '[1,1]\n'],
  [['-c', '[..|numbers]'], '[80,443,3,1]\n'],
  [['-c', 'try error("x") catch .'], '"x"\n'],
  [['--arg', 'x', 'foo', '-c', '{$x, y: $x}'], '{"x":"foo","y":"foo"}\n'],
  [['-c', 'def f(x): x*2; [.items[].spec.n|f(.)]'], '[6,2]\n'],
] as const)('jq %j', async (args, printed) => {
  expect(await run(container, ['jq', ...args], LIST)).toMatchObject({
    stdout: printed,
    stderr: '',
    status: { code: 0 },
  });
});

test('says what is wrong, and with which status', async () => {
  expect(await run(container, ['jq', '.kind.x'], LIST)).toMatchObject({
    stderr: 'jq: error (at <stdin>:0): Cannot index string with "x"\n',
    status: { code: 5 },
  });
  expect((await run(container, ['jq', 'nosuch'], LIST)).stderr).toBe(
    'jq: error: nosuch/0 is not defined at <top-level>, line 1:\nnosuch\njq: 1 compile error\n',
  );
  expect((await run(container, ['jq', '.['], LIST)).status.code).toBe(3);
  expect((await run(container, ['jq', '.'], 'x')).status.code).toBe(2);
  expect((await run(container, ['jq', '-e', '.nope'], LIST)).status.code).toBe(1);
  expect((await sh(container, `echo '{"a":1} {"a":2}' | jq -sc 'map(.a)'`)).stdout).toBe('[1,2]\n');
});
