import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestCluster, type TestPod } from '../images/test-cluster.ts';
import { type RunResult, sh } from '../images/test-support.ts';

let cluster: TestCluster;
let client: TestPod;

beforeAll(() => {
  cluster = new TestCluster();
  client = cluster.pod('client', 'nicolaka/netshoot', { command: ['sleep', 'infinity'] });
  for (const [name, externalName] of [
    ['external-web', 'www.example.com'],
    ['external-api', 'api.example.com'],
    ['external-alias', 'www.example.org'],
    ['external-lost', 'nowhere.example'],
  ] as const)
    cluster.stub.service(`default/${name}`, { type: 'ExternalName', externalName });
});
afterAll(() => cluster.close());

const run = (script: string): Promise<RunResult> => sh(client.container, script);
const out = async (script: string): Promise<string> => (await run(script)).stdout;

test('names outside resolve, aliases are followed, others do not exist', async () => {
  expect(await out('dig +short example.com')).toBe('203.0.113.10\n');
  expect(await out('dig +short www.example.org')).toBe('cdn.example.net.\n203.0.113.10\n');
  expect(await out('dig example.com | grep flags:')).toMatch(/^;; flags: qr rd ra;/);
  expect(await out('dig nowhere.example | grep -o "status: [A-Z]*"')).toBe('status: NXDOMAIN\n');
  expect(await out('dig AAAA example.com | grep -o "status: [A-Z]*, .*\\|ANSWER: 0"')).toContain('NOERROR');
  expect(await out('dig +short external-alias.default.svc.cluster.local')).toBe(
    'www.example.org.\ncdn.example.net.\n203.0.113.10\n',
  );
  expect((await run('curl -sS --max-time 5 http://external-lost')).stderr).toBe(
    'curl: (6) Could not resolve host: external-lost\n',
  );
});

test('a site behind an ExternalName wants its own name in the Host header', async () => {
  expect(await out('curl -s http://www.example.com')).toContain('<h1>Example Domain</h1>');
  expect(await out('curl -s -w "%{http_code}" http://external-web')).toMatch(
    /No site is configured here for the host name "external-web"\.[^]*404$/,
  );
  expect(await out('curl -s -H "Host: www.example.com" http://external-web')).toContain('Example Domain');
  expect(await out('curl -s -H "Host: docs.example.net" http://external-web')).toContain('Documentation');
  expect(JSON.parse(await out('curl -s -H "Host: api.example.com" external-api/get?a=1'))).toMatchObject({
    args: { a: '1' },
    headers: { Host: 'api.example.com' },
  });
  expect(await out('curl -s -o /dev/null -w "%{http_code}" http://api.example.com/status/503')).toBe('503');
});

test('TLS outside: trusted under its own name, and under no other', async () => {
  expect(await out('curl -s https://www.example.com')).toContain('Example Domain');
  const wrong = await run('curl -sS https://external-web');
  expect(wrong.status.code).toBe(60);
  expect(wrong.stderr).toContain(
    "no alternative certificate subject name matches target host name 'external-web'",
  );
  expect(await out('curl -sk -H "Host: www.example.com" https://external-web')).toContain('Example Domain');
  const bare = cluster.pod('bare', 'busybox:1.36', { command: ['sleep', 'infinity'] });
  expect((await sh(bare.container, 'ls /etc/ssl/certs')).status.code).not.toBe(0);
  const subject =
    'openssl s_client -connect www.example.com:443 -servername docs.example.net </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName';
  expect(await out(subject)).toBe(
    'subject=CN=docs.example.net\nX509v3 Subject Alternative Name: \n    DNS:docs.example.net\n',
  );
});

test('a database outside, and the address that the outside sees', async () => {
  expect(await out("printf 'SET a 1\\r\\nGET a\\r\\nQUIT\\r\\n' | nc db.example.net 6379")).toBe(
    '+OK\r\n$1\r\n1\r\n+OK\r\n',
  );
  expect(await out('curl -s http://echo.example.org/clientip')).toMatch(/^198\.51\.100\.10:\d+$/);
  expect((await run('curl -sS -m 0.2 http://198.51.100.77')).status.code).toBe(28);
});
