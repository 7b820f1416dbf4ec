/** What runs in a pod by `kubectl exec`: the shell, the tools of the labs, and that all of it streams. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCluster, type ConformanceCluster } from './cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';
import { WEB } from './manifests.ts';

const program = availableKubectls().at(-1);

describe.skipIf(program === undefined)('commands in a pod, by kubectl exec', () => {
  let cluster: ConformanceCluster;
  let kubectl: Kubectl;
  beforeAll(async () => {
    cluster = await conformanceCluster();
    kubectl = new Kubectl(program ?? '', cluster.kubeconfig, 'commands');
    await kubectl.ok(['create', 'namespace', 'commands']);
    await kubectl.apply(WEB);
    await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=20s']);
    await kubectl.ok(['wait', '--for=condition=Ready', 'pod/client', '--timeout=20s']);
  });
  afterAll(() => cluster.stop());

  /** Both outputs and the exit code of a command line, in one text. */
  const sh = async (script: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await kubectl.shell('client', script);
    const said = stderr.replace(/\n?command terminated with exit code \d+$/, '');
    return [stdout, said, exitCode === 0 ? '' : `exit ${exitCode}`].filter((text) => text !== '').join('\n');
  };

  it.each([
    ['a pipe', 'for i in 3 1 2; do echo $i; done | sort -r | head -2', '3\n2'],
    ['redirections', 'echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; wc -l < /tmp/f', 'a\nb\n2'],
    ['errors elsewhere', 'ls /nowhere 2>/dev/null || echo none', 'none'],
    ['errors in a pipe', 'ls /nowhere 2>&1 | grep -c nowhere', '1'],
    ['a while loop', 'i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo n$i; done', 'n1\nn2\nn3'],
    ['reading lines', "printf 'a b\\nc d\\n' | while read x y; do echo $y; done", 'b\nd'],
    ['a here-document', 'cat <<X\n$((1+1))\nX', '2'],
    ['case and functions', 'f() { case $1 in a*) echo yes;; *) echo no;; esac; }; f abc; f b', 'yes\nno'],
    [
      'expansions',
      'x=$(echo web.local); echo ${x%.local} ${#x} ${y:-none} "$(hostname)"',
      'web 9 none client',
    ],
    ['an exit code', 'false || true && exit 7', 'exit 7'],
    ['a command that is not there', 'nosuch; echo $?', '127\nsh: nosuch: not found'],
    ['files', 'mkdir -p /tmp/d; cd /tmp/d; touch x y; rm x; ls; pwd', 'y\n/tmp/d'],
    ['text tools', 'echo a,b | cut -d, -f2 | tr b c | sed s/c/d/', 'd'],
    ['the Service in the environment', 'env | grep ^WEB_SERVICE_PORT=', 'WEB_SERVICE_PORT=80'],
    ['the search domains', 'grep ^search /etc/resolv.conf | cut -d" " -f2', 'commands.svc.cluster.local'],
  ])('runs %s', async (_what, script, expected) => {
    expect(await sh(script)).toBe(expected);
  });

  it('streams what a loop prints while it runs, through a pipe too', async () => {
    const script = 'for i in 1 2 3; do echo line $i; done; echo oops >&2; exec sleep 600';
    const plain = kubectl.start(['exec', 'client', '--', 'sh', '-c', script]);
    await plain.until(/line 3\n/);
    await plain.until(/oops\n/);
    await plain.stop();
    const piped = kubectl.start(['exec', 'client', '--', 'sh', '-c', `(${script}) | cat`]);
    await piped.until(/line 3\n/);
    await piped.stop();
  });

  it('ends a command when its terminal is closed', async () => {
    const terminal = kubectl.terminal(['exec', '-it', 'client', '--', 'sh']);
    await terminal.until(/# $/);
    terminal.type('while true; do date; sleep 0.05; done\n');
    await terminal.until(/UTC 20\d\d\r\n[^]*UTC 20\d\d\r\n/);
    await terminal.stop();
    await expect.poll(() => sh('ps | grep -c "[s]leep 0.05"'), { timeout: 10_000 }).toBe('0\nexit 1');
  });

  it('edits the line and remembers it in a terminal', async () => {
    const terminal = kubectl.terminal(['exec', '-it', 'client', '--', 'sh']);
    await terminal.until(/# $/);
    terminal.type('echp one\u007f\u007f\u007f\u007f\u007fo one\n');
    await terminal.until(/\none\r\n[^]*# $/);
    terminal.type('\u001b[A\n');
    await terminal.until(/\none\r\n[^]*\none\r\n[^]*# $/);
    terminal.type('\u0004');
    expect(await terminal.ended()).toBe(0);
  });

  it('balances requests to the Service by name over its pods', async () => {
    const names = await sh('for i in $(seq 30); do curl -s web/hostname; echo; done');
    const pods = await kubectl.value('pods -l app=web', '.items[*].metadata.name');
    expect(new Set(names.split('\n'))).toEqual(new Set(pods.split(' ')));
  });

  it('asks by curl and wget, and says what went wrong', async () => {
    expect(await sh("curl -s -o /dev/null -w '%{http_code}' web/healthz")).toBe('200');
    expect(await sh('wget -qO- web:80/hostname')).toMatch(/^web-/);
    expect(await sh('curl -sS nosuch')).toMatch(/^curl: \(6\) Could not resolve host: nosuch.*\nexit 6$/);
    expect(await sh('wget -qO- nosuch')).toMatch(/^wget: bad address 'nosuch'\nexit 1$/);
    const ip = await kubectl.value('pod client', '.status.podIP');
    expect(await sh(`curl -sS ${ip}:9`)).toMatch(/^curl: \(7\) .*\nexit 7$/);
  });

  it('resolves the Service in every spelling, and says NXDOMAIN for what is not there', async () => {
    const address = await kubectl.value('service web', '.spec.clusterIP');
    for (const name of ['web', 'web.commands', 'web.commands.svc.cluster.local'])
      expect(await sh(`dig +short +search ${name}`)).toBe(address);
    expect(await sh('nslookup web')).toContain(`Address: ${address}`);
    const missing = await sh('nslookup nowhere.commands.svc.cluster.local');
    expect(missing).toContain("server can't find nowhere.commands.svc.cluster.local: NXDOMAIN");
    expect(missing).toMatch(/exit 1$/);
  });

  it('gives no answer to a ping of the Service, and one to a ping of a pod', async () => {
    expect(await sh('ping -c1 -W1 web')).toMatch(/100% packet loss[^]*exit 1$/);
    const ip = await kubectl.value('pods -l app=web', '.items[0].status.podIP');
    expect(await sh(`ping -c1 ${ip}`)).toMatch(/ 0% packet loss/);
  });

  it('reaches a command through a Deployment or a Service, and says when it cannot', async () => {
    expect(await kubectl.ok(['exec', 'deployment/web', '--', 'hostname'])).toMatch(/^web-/);
    expect(await kubectl.ok(['exec', 'service/web', '--', 'hostname'])).toMatch(/^web-/);
    expect(await kubectl.refused(['exec', 'client', '--', 'nosuch'])).toContain(
      'exec: "nosuch": executable file not found in $PATH',
    );
    expect(await kubectl.refused(['exec', 'client', '-c', 'other', '--', 'ls'])).toContain(
      'container other is not valid for pod client',
    );
    expect(await kubectl.refused(['exec', 'nobody', '--', 'ls'])).toBe(
      'Error from server (NotFound): pods "nobody" not found',
    );
  });

  it('attaches to what a pod runs', async () => {
    const args = ['run', 'asked', '-it', '--rm', '--restart=Never', '--image=busybox:1.36', '--', 'sh'];
    const terminal = kubectl.terminal(args);
    await terminal.until(/press|# $/);
    terminal.type('echo I am $(hostname)\n');
    await terminal.until(/I am asked\r\n/);
    terminal.type('exit\n');
    await terminal.until(/pod "asked" deleted/);
    expect(await terminal.ended()).toBe(0);
  });
});
