import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestCluster, type TestPod } from '../test-cluster.ts';
import { sh } from '../test-support.ts';

let cluster: TestCluster;
let client: TestPod;

beforeAll(() => {
  cluster = new TestCluster();
  client = cluster.pod('client', 'nicolaka/netshoot', { command: ['sleep', 'infinity'] });
});
afterAll(() => cluster.close());

const out = async (script: string): Promise<string> => (await sh(client.container, script)).stdout;

/** Runs a script until it prints what is wanted: for what comes about in the background. */
async function eventually(script: string, wanted: string | RegExp): Promise<void> {
  await expect.poll(() => out(script), { timeout: 10_000 }).toMatch(wanted);
}

describe('agnhost netexec', () => {
  let pod: TestPod;
  beforeAll(() => {
    pod = cluster.pod('web', 'registry.k8s.io/e2e-test-images/agnhost:2.53', { args: ['netexec'] });
  });
  const get = (path: string): Promise<string> => out(`curl -s 'http://${pod.address}:8080${path}'`);

  test('answers as the image of Kubernetes 1.34 does', async () => {
    expect(await get('/hostname')).toBe('web');
    expect(await get('/serverport')).toBe('8080');
    expect(await get('/readyz')).toBe('ok');
    expect(await get('/echo?msg=hi&code=x')).toBe('argument \'code\' must be an integer or empty, got "x"\n');
    expect(await get('/header')).toMatch(/^\{"Accept":\["\*\/\*"\],"User-Agent":\["curl\/[\d.]+"\]\}$/);
    expect(await get('/redirect?location=/echo')).toBe('<a href="/echo">Found</a>.\n\n');
    expect(await get('/shell?cmd=exit+3')).toBe('{"error":"exit status 3"}');
    expect(await get('/shell?cmd=echo+hi')).toBe('{"output":"hi\\n"}');
  });

  test('dials others, and says in the words of Go how that failed', async () => {
    const dial = (rest: string): Promise<string> => get(`/dial?host=${pod.address}&${rest}`);
    expect(await dial('port=8080&request=hostname&tries=2')).toBe('{"responses":["web","web"]}');
    expect(await dial('port=8081&protocol=udp&request=hostname')).toBe('{"responses":["web"]}');
    expect(await dial('port=9&request=hostname')).toBe(
      `{"errors":["Get \\"http://${pod.address}:9/hostname\\": dial tcp ${pod.address}:9: connect: connection refused"]}`,
    );
    expect(await dial('port=8080')).toBe('request parameter not specified. <nil>\n');
  });

  test('stores an upload and sees what was stored', async () => {
    const body = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhello\r\n--x--\r\n';
    const upload = await out(
      `printf '${body.replaceAll('\r\n', '\\r\\n')}' | curl -s -H 'Content-Type: multipart/form-data; boundary=x' --data-binary @- http://${pod.address}:8080/upload`,
    );
    const { output } = JSON.parse(upload) as { output: string };
    expect((await sh(pod.container, `cat ${output}`)).stdout).toBe('hello');
  });

  test('says no to readiness while it waits to go, and ends with 0', async () => {
    const slow = cluster.pod('slow', 'registry.k8s.io/e2e-test-images/agnhost:2.53', {
      args: ['netexec', '--delay-shutdown=1'],
    });
    const ready = `curl -s -w ' %{http_code}' http://${slow.address}:8080/readyz`;
    await eventually(ready, 'ok 200');
    slow.process.signal('SIGTERM');
    expect(await out(ready)).toBe('shutting down 503');
    expect(await slow.process.exit).toEqual({ code: 0 });
  });
});

describe('agnhost subcommands', () => {
  const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
  const run = async (args: string): Promise<{ stdout: string; stderr: string; code: number }> => {
    const pod = cluster.pod('tool', AGNHOST);
    const { stdout, stderr, status } = await sh(pod.container, `/agnhost ${args}`);
    return { stdout, stderr, code: status.code };
  };

  test('connect tells in one word how it went', async () => {
    const pod = cluster.pod('target', AGNHOST, { args: ['netexec'] });
    expect(await run(`connect ${pod.address}:8080`)).toEqual({ stdout: '', stderr: '', code: 0 });
    expect(await run(`connect ${pod.address}:9`)).toEqual({ stdout: '', stderr: 'REFUSED\n', code: 1 });
    expect(await run('connect --timeout=100ms 10.244.9.9:80')).toEqual({
      stdout: '',
      stderr: 'TIMEOUT\n',
      code: 1,
    });
    expect((await run('connect nope.default.svc.cluster.local:80')).stderr).toBe(
      'DNS: lookup nope.default.svc.cluster.local on 10.96.0.10:53: no such host\n',
    );
    expect((await run('connect x')).stderr).toBe('UNKNOWN: address x: missing port in address\n');
    expect((await run('connect')).stderr).toBe('Error: accepts 1 arg(s), received 0\n');
    expect((await run('nosuch')).stderr).toBe('Error: unknown command "nosuch" for "app"\n');
    expect((await run('netexec --nope')).stderr).toBe('Error: unknown flag: --nope\n');
  });

  test('porter serves what its variables say, also over TLS', async () => {
    const porter = cluster.pod('porter', AGNHOST, {
      command: ['sh', '-c', 'export SERVE_PORT_81=one SERVE_TLS_PORT_444=two; exec /agnhost porter'],
    });
    await eventually(`curl -s http://${porter.address}:81/`, 'one');
    expect(await out(`curl -sk https://${porter.address}:444/`)).toBe('two');
  });

  test('tcp-reset resets, logs-generator writes its lines and ends', async () => {
    const reset = cluster.pod('reset', AGNHOST, { args: ['tcp-reset', '--port=80'] });
    await eventually(
      `curl -sS http://${reset.address}/ 2>&1`,
      /\(56\) Recv failure: Connection reset by peer/,
    );
    const { stderr, code } = await run('logs-generator -t 3 -d 30ms');
    expect({ lines: stderr.trim().split('\n').length, code }).toEqual({ lines: 3, code: 0 });
  });
});

describe('redis', () => {
  let pod: TestPod;
  beforeAll(() => {
    pod = cluster.pod('redis', 'redis:7');
  });
  const cli = async (args: string): Promise<string> => (await sh(pod.container, `redis-cli ${args}`)).stdout;

  // What redis-cli 7.0.15 prints when its output is no terminal.
  test.each([
    ['ping', 'PONG\n'],
    ['get nope', '\n'],
    ['incr counter', '1\n'],
    ['lpush list x y z', '3\n'],
    ['lrange list 0 -1', 'z\ny\nx\n'],
    ['incr list', 'WRONGTYPE Operation against a key holding the wrong kind of value\n\n'],
    ['nosuch x', "ERR unknown command 'nosuch', with args beginning with: 'x' \n\n"],
    ['get', "ERR wrong number of arguments for 'get' command\n\n"],
    ['hset h f v g w', '2\n'],
    ['hgetall h', 'f\nv\ng\nw\n'],
    ['set x y ex 0', "ERR invalid expire time in 'set' command\n\n"],
    ['set x y foo', 'ERR syntax error\n\n'],
    ['--csv lrange list 0 -1', '"z","y","x"\n'],
    ['--no-raw lrange list 0 -1', '1) "z"\n2) "y"\n3) "x"\n'],
    ['--no-raw get nope', '(nil)\n'],
    ['-n 3 set a b', 'OK\n'],
    ['-u redis://127.0.0.1:6379/3 get a', 'b\n'],
    ['blpop nope 0.01', '\n'],
  ])('redis-cli %s', async (args, printed) => {
    expect(await cli(args)).toBe(printed);
  });

  test('keys expire, clients wait for elements, others talk to it by hand', async () => {
    expect(await cli('set short v px 20')).toBe('OK\n');
    await expect.poll(() => cli('ttl short')).toBe('-2\n');
    const waiting = cli('blpop queue 5');
    await cli('rpush queue job');
    expect(await waiting).toBe('queue\njob\n');
    expect(await out(`printf 'PING\\r\\nfoo bar\\r\\nQUIT\\r\\n' | nc ${pod.address} 6379`)).toBe(
      "+PONG\r\n-ERR unknown command 'foo', with args beginning with: 'bar' \r\n+OK\r\n",
    );
    const refused = await sh(pod.container, 'redis-cli -p 9 ping');
    expect([refused.stderr, refused.status.code]).toEqual([
      'Could not connect to Redis at 127.0.0.1:9: Connection refused\n',
      1,
    ]);
  });

  test('wants its password when it has one', async () => {
    const locked = cluster.pod('locked', 'redis:7-alpine', { args: ['--requirepass', 'secret'] });
    await eventually(
      `printf 'PING\\r\\nQUIT\\r\\n' | nc ${locked.address} 6379`,
      /^-NOAUTH Authentication required\.\r\n/,
    );
    const inside = await sh(locked.container, 'redis-cli --no-auth-warning -a secret ping');
    expect(inside).toMatchObject({ stdout: 'PONG\n', stderr: '' });
  });
});

test('a vote goes from the front end through Redis and the worker to the result', async () => {
  const redis = cluster.pod('redis-0', 'redis:alpine');
  const db = cluster.pod('db-0', 'postgres:15-alpine', {
    command: ['sh', '-c', 'POSTGRES_PASSWORD=postgres exec docker-entrypoint.sh postgres'],
  });
  cluster.service('redis', '10.96.78.1', 6379, [redis], 6379);
  cluster.service('db', '10.96.78.2', 5432, [db], 5432);
  const vote = cluster.pod('vote-0', 'dockersamples/examplevotingapp_vote');
  const result = cluster.pod('result-0', 'dockersamples/examplevotingapp_result');
  cluster.pod('worker-0', 'dockersamples/examplevotingapp_worker');
  expect(await out(`curl -s http://${vote.address}/`)).toContain('Processed by container ID vote-0');
  await eventually(`curl -s -d vote=a -H 'Cookie: voter_id=1a' http://${vote.address}/`, 'Cats ✓');
  await eventually(`curl -s http://${result.address}/scores`, '{"a":1,"b":0}');
  expect(await out(`curl -s http://${result.address}/`)).toMatch(/<strong id="a">100.0%[^]*1 vote</);
  const { stdout } = await sh(
    db.container,
    `PGPASSWORD=postgres psql -U postgres -c 'SELECT vote, COUNT(id) AS count FROM votes GROUP BY vote'`,
  );
  expect(stdout).toBe(' vote | count \n------+-------\n a    |     1\n(1 row)\n\n');
  const wrong = await sh(db.container, `PGPASSWORD=no psql -h 127.0.0.1 -U postgres -c 'SELECT 1'`);
  expect(wrong.stderr).toContain('FATAL:  password authentication failed for user "postgres"');
});

test('the variants of kubia tell who was hit, or fail after some requests', async () => {
  const unhealthy = cluster.pod('kubia-1', 'luksa/kubia-unhealthy');
  await eventually(`curl -s http://${unhealthy.address}:8080`, "You've hit kubia-1");
  expect(await out(`for i in 1 2 3 4 5 6; do curl -s http://${unhealthy.address}:8080; done | tail -1`)).toBe(
    "I'm not well. Please restart me!\n",
  );
  const hello = cluster.pod('hello-1', 'gcr.io/google-samples/hello-app:2.0');
  await eventually(
    `curl -s http://${hello.address}:8080`,
    'Hello, world!\nVersion: 2.0.0\nHostname: hello-1\n',
  );
});
