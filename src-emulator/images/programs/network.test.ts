import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestCluster, type TestPod } from '../test-cluster.ts';
import { type RunResult, sh, TerminalSession } from '../test-support.ts';

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
let cluster: TestCluster;
let web: TestPod;
let nginx: TestPod;
let client: TestPod;
let box: TestPod;

beforeAll(() => {
  cluster = new TestCluster();
  web = cluster.pod('web-1', AGNHOST, { args: ['netexec', '--http-port=8080'] });
  nginx = cluster.pod('nginx-1', 'nginx:1.27');
  client = cluster.pod('client', AGNHOST);
  box = cluster.pod('box', 'busybox:1.36', { command: ['sleep', 'infinity'], node: 'node-2' });
  cluster.service('web', '10.96.77.1', 8080, [web]);
  cluster.service('site', '10.96.77.2', 80, [nginx]);
  cluster.service('wrong', '10.96.77.3', 9999, [web]);
});
afterAll(() => cluster.close());

const inClient = (script: string): Promise<RunResult> => sh(client.container, script);
const inBox = (script: string): Promise<RunResult> => sh(box.container, script);

describe('curl', () => {
  test('fetches through a Service by name and tells what -w asks for', async () => {
    expect((await inClient('curl -s http://web/hostname')).stdout).toBe('web-1');
    const { stdout } = await inClient(
      `curl -s -o /dev/null -w '%{http_code} %{remote_ip} %{local_ip} %{size_download}\\n' site`,
    );
    expect(stdout).toBe(
      `200 10.96.77.2 ${client.address} ${(await inClient('curl -s site | wc -c')).stdout.trim()}\n`,
    );
  });

  test('shows the conversation with -v, the head with -i and -I', async () => {
    const { stderr } = await inClient('curl -sv -H "X-A: b" web/header?key=X-A');
    expect(stderr).toContain(
      '* Connected to web (10.96.77.1) port 80\n> GET /header?key=X-A HTTP/1.1\n> Host: web\n> User-Agent: curl/',
    );
    expect(stderr).toContain('> X-A: b\n> \n');
    expect(stderr).toContain('< HTTP/1.1 200 OK\n');
    const twice = "curl -s -o /dev/null -w '%{num_connects} %{local_port}\\n'";
    const kept = (await inClient(`${twice} http://web/ http://web/`)).stdout.trim().split(/\s/);
    expect([kept[0], kept[2]]).toEqual(['1', '0']);
    expect(kept[3]).toBe(kept[1]);
    expect((await inClient(`${twice} -H 'Connection: close' http://web/ http://web/`)).stdout).toMatch(
      /^1 \d+\n1 \d+\n$/,
    );
    expect(
      (await inClient('curl -s --connect-to shop.example:80:web:80 http://shop.example/hostname')).stdout,
    ).toBe('web-1');
    expect((await inClient('curl -sI site')).stdout).toMatch(
      /^HTTP\/1.1 200 OK\r\nServer: nginx\/1.27.5\r\n/,
    );
    expect((await inClient('curl -si site')).stdout).toMatch(/\r\n\r\n<!DOCTYPE html>/);
  });

  test.each([
    [
      'curl -sS nope.default.svc.cluster.local',
      6,
      /^curl: \(6\) Could not resolve host: nope\.default\.svc\.cluster\.local\n$/,
    ],
    [
      'curl -sS wrong',
      7,
      /^curl: \(7\) Failed to connect to wrong port 80 after \d+ ms: Couldn't connect to server\n$/,
    ],
    ['curl -sS -m 0.05 10.244.9.9', 28, /^curl: \(28\) Connection timed out after \d+ milliseconds\n$/],
    [
      'curl -sS --connect-timeout 0.05 10.244.9.9',
      28,
      /^curl: \(28\) Failed to connect to 10\.244\.9\.9 port 80 after \d+ ms: Timeout was reached\n$/,
    ],
    ['curl -sSf site/nope', 22, /^curl: \(22\) The requested URL returned error: 404\n$/],
    ['curl -sS ftp://web', 1, /^curl: \(1\) Protocol "ftp" not supported\n$/],
  ])('%s ends with %d and says why', async (script, code, message) => {
    const { status, stderr, stdout } = await inClient(script);
    expect({ code: status.code, stdout }).toEqual({ code, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('an empty reply and a wrong protocol have their own codes', async () => {
    const script = 'echo hello | nc -l 9001 >/dev/null & sleep 0.05; curl -sS http://127.0.0.1:9001';
    expect((await inClient(script)).stderr).toBe('curl: (1) Received HTTP/0.9 when not allowed\n');
    const silent = '(nc -l 9002 </dev/null >/dev/null) & sleep 0.05; curl -sS http://127.0.0.1:9002';
    expect((await inClient(silent)).stderr).toBe('curl: (52) Empty reply from server\n');
  });

  test('follows redirects and sends data', async () => {
    expect((await inClient('curl -sL "web/redirect?location=/hostname"')).stdout).toBe('web-1');
    expect((await inClient('curl -s -d a=b -X PUT web/echo?msg=hello')).stdout).toBe('hello');
    expect(
      (await inClient('curl -s --resolve any.example:80:10.96.77.1 http://any.example/hostname')).stdout,
    ).toBe('web-1');
  });
});

describe('name lookups', () => {
  test('dig prints what BIND 9.18 prints', async () => {
    const { stdout, status } = await inClient('dig web.default.svc.cluster.local');
    expect(status.code).toBe(0);
    expect(
      stdout
        .replace(/id: \d+/, 'id: 1')
        .replace(/COOKIE: [0-9a-f]{16} /, 'COOKIE: 0 ')
        .replace(/time: \d+/, 'time: 0')
        .replace(/WHEN: .*/, 'WHEN: now'),
    ).toBe(
      `
; <<>> DiG 9.18.27 <<>> web.default.svc.cluster.local
;; global options: +cmd
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; You are currently testing what happens when an mDNS query is leaked to DNS
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
; COOKIE: 0 (echoed)
;; QUESTION SECTION:
;web.default.svc.cluster.local.	IN	A

;; ANSWER SECTION:
web.default.svc.cluster.local. 30 IN	A	10.96.77.1

;; Query time: 0 msec
;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)
;; WHEN: now
;; MSG SIZE  rcvd: 115

`,
    );
  });

  test.each([
    ['dig +short web.default.svc.cluster.local', '10.96.77.1\n'],
    ['dig +short web', ''],
    ['dig +short +search web', '10.96.77.1\n'],
    [
      'dig +showsearch +noall +question web.default',
      ';web.default.default.svc.cluster.local. IN A\n;web.default.svc.cluster.local.\tIN\tA\n',
    ],
    ['dig +short -x 10.96.77.1', 'web.default.svc.cluster.local.\n'],
    [
      'dig +noall +answer kubernetes.default.svc.cluster.local',
      'kubernetes.default.svc.cluster.local. 30 IN A\t10.96.0.1\n',
    ],
    ['dig +noall +comments +nocookie web.default.svc.cluster.local | grep -c COOKIE || true', '0\n'],
    ['dig +noall +answer nope.default.svc.cluster.local', ''],
    [
      'dig +noall +answer SRV _https._tcp.kubernetes.default.svc.cluster.local',
      '_https._tcp.kubernetes.default.svc.cluster.local. 30 IN\tSRV 0 100 443 kubernetes.default.svc.cluster.local.\n',
    ],
    ['host web', 'web.default.svc.cluster.local has address 10.96.77.1\n'],
    ['host 10.96.77.1', '1.77.96.10.in-addr.arpa domain name pointer web.default.svc.cluster.local.\n'],
    [
      'host -t srv _https._tcp.kubernetes.default.svc.cluster.local',
      '_https._tcp.kubernetes.default.svc.cluster.local has SRV record 0 100 443 kubernetes.default.svc.cluster.local.\n',
    ],
  ])('%s', async (script, stdout) => {
    expect(await inClient(script)).toEqual({ stdout, stderr: '', status: { code: 0 } });
  });

  test('dig says when no server answers', async () => {
    const { stdout, status } = await inClient('dig @10.244.9.9 +time=1 +tries=1 x');
    expect(stdout).toBe(
      ';; communications error to 10.244.9.9#53: timed out\n\n; <<>> DiG 9.18.27 <<>> @10.244.9.9 +time=1 +tries=1 x\n; (1 server found)\n;; global options: +cmd\n;; no servers could be reached\n',
    );
    expect(status.code).toBe(9);
  });

  test('nslookup of BIND searches, that of busybox asks for each domain', async () => {
    expect((await inClient('nslookup web')).stdout).toBe(
      'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tweb.default.svc.cluster.local\nAddress: 10.96.77.1\n\n',
    );
    const { stdout, status } = await inBox('nslookup nope.default.svc.cluster.local');
    expect(stdout).toBe(
      "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find nope.default.svc.cluster.local: NXDOMAIN\n\n** server can't find nope.default.svc.cluster.local: NXDOMAIN\n\n",
    );
    expect(status.code).toBe(1);
  });
});

describe('ping, nc and wget', () => {
  test('ping reaches a pod and gets no answer from a Service', async () => {
    const reached = await inBox(`ping -c 1 ${web.address}`);
    expect(reached.stdout).toMatch(
      /^PING 10\.244\.1\.\d+ \(10\.244\.1\.\d+\): 56 data bytes\n64 bytes from 10\.244\.1\.\d+: seq=0 ttl=\d+ time=\d+\.\d{3} ms\n\n--- /,
    );
    expect(reached.status.code).toBe(0);
    const silent = await inBox('ping -c 1 -W 0.05 web');
    expect(silent.stdout).toBe(
      'PING web (10.96.77.1): 56 data bytes\n\n--- web ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n',
    );
    expect(silent.status.code).toBe(1);
    expect((await inBox('ping -c 1 nope')).stderr).toBe("ping: bad address 'nope'\n");
  });

  test('Ctrl+C makes ping print its statistics', async () => {
    const session = new TerminalSession(box.container, ['ping', '10.96.77.1']);
    await session.see('data bytes');
    await session.type('\x03');
    await session.see('1 packets transmitted, 0 packets received, 100% packet loss');
    expect((await session.process.exit).code).toBe(1);
  });

  test('nc tells open from closed', async () => {
    expect((await inClient('nc -zv web 80')).stderr).toBe(
      'Connection to web (10.96.77.1) 80 port [tcp/*] succeeded!\n',
    );
    const refused = await inClient(`nc -zv ${box.address} 80`);
    expect(refused.stderr).toBe(`nc: connect to ${box.address} port 80 (tcp) failed: Connection refused\n`);
    expect(refused.status.code).toBe(1);
  });

  test('wget speaks as busybox does', async () => {
    expect((await inBox('wget -qO- web/hostname')).stdout).toBe('web-1');
    expect((await inBox('wget site/nope')).stderr).toBe(
      'Connecting to site (10.96.77.2:80)\nwget: server returned error: HTTP/1.1 404 Not Found\n',
    );
    expect((await inBox('wget -T 0.05 -O- 10.244.9.9')).stderr).toContain('wget: download timed out\n');
    expect((await inBox('wget -O- wrong')).stderr).toContain(
      "wget: can't connect to remote host (10.96.77.3): Connection refused\n",
    );
    expect((await inBox('wget -q site && ls && rm index.html')).stdout).toContain('index.html\n');
  });
});

describe('servers', () => {
  test('netexec sees who asks and listens on its port', async () => {
    const { stdout } = await inBox(`wget -qO- ${web.address}:8080/clientip`);
    expect(stdout).toMatch(new RegExp(`^${box.address.replaceAll('.', '\\.')}:\\d+$`));
    expect((await sh(web.container, 'ss -lnt')).stdout).toContain(':8080');
    expect((await inClient('curl -s "web/dial?host=web&port=80&request=hostname"')).stdout).toBe(
      '{"responses":["web-1"]}',
    );
    expect((await inClient('curl -s "web/shell?cmd=exit%203"')).stdout).toBe('{"error":"exit status 3"}');
  });

  test('nginx serves what lies in its folder and logs requests', async () => {
    await sh(nginx.container, 'echo mine > /usr/share/nginx/html/index.html');
    expect((await inClient('curl -s site')).stdout).toBe('mine\n');
    expect((await inClient('curl -s site/nope')).stdout).toContain(
      '<center><h1>404 Not Found</h1></center>\r\n',
    );
    expect(nginx.log).toMatch(
      /10\.244\.1\.\d+ - - \[[^\]]+\] "GET \/nope HTTP\/1\.1" 404 153 "-" "curl\/[\d.]+" "-"\n/,
    );
  });

  test('nginx obeys a server block that is mounted, and refuses a broken one', async () => {
    const config =
      'server { listen 8080; location / { default_type text/plain; return 200 "hi from $hostname\\n"; } }';
    const pod = cluster.pod('configured', 'nginx:1.27', { command: ['sh', '-c', `echo '${config}' > /etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'`] }); // prettier-ignore
    expect(
      (await inClient(`curl -s --retry 5 --retry-connrefused --retry-delay 0.05 ${pod.address}:8080`)).stdout,
    ).toBe('hi from configured\n');
    pod.container.kill();
    const broken = cluster.pod('broken', 'nginx:1.27', { command: ['sh', '-c', 'echo "server { listen 80" > /etc/nginx/conf.d/default.conf; exec nginx'] }); // prettier-ignore
    expect((await broken.process.exit).code).toBe(1);
    const regex = cluster.pod('regex', 'nginx:1.27', { command: ['sh', '-c', 'echo "server { location ~ x$ { return 200; } }" > /etc/nginx/conf.d/default.conf; exec nginx'] }); // prettier-ignore
    expect((await regex.process.exit).code).toBe(1);
    expect(regex.log).toContain(
      'nginx: [emerg] location "~ x$" with a regular expression is not emulated in /etc/nginx/conf.d/default.conf:1\n',
    );
  });

  test('servers end as the real ones do', async () => {
    const quit = cluster.pod('quits', 'nginx:1.27');
    const term = cluster.pod('terms', AGNHOST, { args: ['netexec'] });
    await sh(quit.container, 'sleep 0.02');
    quit.process.signal('SIGQUIT');
    term.process.signal('SIGTERM');
    expect(await quit.process.exit).toEqual({ code: 0 });
    expect(await term.process.exit).toEqual({ code: 0 });
  });

  test.each([
    ['httpd:2.4', 80, '<html><body><h1>It works!</h1></body></html>\n'],
    ['luksa/kubia', 8080, "You've hit server\n"],
    ['hashicorp/http-echo:1.0', 5678, 'hello\n'],
  ])('%s answers', async (image, port, body) => {
    const pod = cluster.pod('server', image, image.includes('echo') ? { args: ['-text=hello'] } : {});
    expect(
      (await inClient(`curl -s --retry 5 --retry-connrefused --retry-delay 0.05 ${pod.address}:${port}`))
        .stdout,
    ).toBe(body);
    pod.container.kill();
    expect((await inClient(`curl -sS ${pod.address}:${port}`)).status.code).toBe(7);
  });
});
