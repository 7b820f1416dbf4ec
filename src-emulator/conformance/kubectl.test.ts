import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCluster, type Cluster } from '../cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: ${AGNHOST}
        args: [netexec, --http-port=8080]
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  containers:
  - {name: client, image: '${AGNHOST}', args: [pause]}
`;

const programs = availableKubectls();
if (programs.length === 0)
  console.warn(
    '\nNO KUBECTL FOUND: THE EMULATED CLUSTER IS NOT TESTED WITH A REAL CLIENT.\n' +
      'Put kubectl on PATH or list programs in SWITCHYARD_KUBECTLS.\n',
  );

describe.skipIf(programs.length === 0)('the emulated cluster, driven by kubectl', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.stop());

  describe.each(
    programs.map((program, index) => [program.replace(/.*\//, ''), program, `conf-${index}`] as const),
  )('%s', (_label, program, namespace) => {
    let kubectl: Kubectl;
    const inNamespace = (...args: string[]): string[] => ['-n', namespace, ...args];

    beforeAll(async () => {
      kubectl = new Kubectl(program, cluster.kubeconfig);
      await kubectl.ok(['create', 'namespace', namespace]);
      expect(await kubectl.ok(inNamespace('apply', '-f', '-'), WEB)).toContain('deployment.apps/web created');
      await kubectl.ok(inNamespace('rollout', 'status', 'deployment/web', '--timeout=20s'));
      await kubectl.ok(inNamespace('wait', '--for=condition=Ready', 'pod/client', '--timeout=20s'));
    }, 60_000);

    it('says that it is Kubernetes 1.34 with three ready nodes', async () => {
      expect(await kubectl.ok(['version'])).toMatch(/Server Version: .*v1\.34\./);
      const nodes = await kubectl.ok(['get', 'nodes']);
      expect(nodes.match(/ Ready /g)).toHaveLength(3);
      expect(nodes).toMatch(/control-plane/);
    });

    it('prints pods, wide, as YAML and by jsonpath', async () => {
      const pods = await kubectl.ok(inNamespace('get', 'pods', '-l', 'app=web'));
      expect(pods).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\n/);
      expect(pods.match(/1\/1 +Running +0 /g)).toHaveLength(3);
      expect(await kubectl.ok(inNamespace('get', 'pods', '-o', 'wide'))).toMatch(
        /10\.244\.\d+\.\d+ +\S+-worker/,
      );
      const yaml = await kubectl.ok(inNamespace('get', 'deployment', 'web', '-o', 'yaml'));
      expect(yaml).toContain('readyReplicas: 3');
      const address = await kubectl.ok(
        inNamespace('get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}'),
      );
      expect(address).toMatch(/^10\.96\.\d+\.\d+$/);
    });

    it('describes a Service with the endpoints that serve it', async () => {
      const text = await kubectl.ok(inNamespace('describe', 'service', 'web'));
      expect(text).toMatch(/TargetPort: +8080\/TCP/);
      expect(text).toMatch(/Endpoints: +10\.244\.\d+\.\d+:8080,10\.244/);
      const pod = await kubectl.ok(inNamespace('describe', 'pod', 'client'));
      expect(pod).toMatch(/Normal +Scheduled +.*Successfully assigned/);
      expect(pod).toMatch(/Normal +Started/);
    });

    it('balances requests to the Service by name over its pods', async () => {
      const loop = 'for i in $(seq 30); do curl -s web/hostname; echo; done';
      const names = await kubectl.ok(inNamespace('exec', 'client', '--', 'sh', '-c', loop));
      const pods = await kubectl.ok(
        inNamespace('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].metadata.name}'),
      );
      expect(new Set(names.split('\n').filter(Boolean))).toEqual(new Set(pods.split(' ')));
    });

    it('resolves the Service in every spelling, and says NXDOMAIN for what is not there', async () => {
      const address = await kubectl.ok(inNamespace('get', 'svc', 'web', '-o', 'jsonpath={.spec.clusterIP}'));
      const dig = (name: string): Promise<string> =>
        kubectl.ok(inNamespace('exec', 'client', '--', 'dig', '+short', '+search', name));
      for (const name of ['web', `web.${namespace}`, `web.${namespace}.svc.cluster.local`])
        expect((await dig(name)).trim()).toBe(address);
      const missing = await kubectl.run(inNamespace('exec', 'client', '--', 'nslookup', 'nowhere'));
      expect(missing.exitCode).toBe(1);
      expect(missing.stdout).toContain('NXDOMAIN');
    });

    it('gives no answer to a ping of the Service, and one to a ping of a pod', async () => {
      const silent = await kubectl.run(inNamespace('exec', 'client', '--', 'ping', '-c1', '-W1', 'web'));
      expect(silent.exitCode).not.toBe(0);
      expect(silent.stdout).toContain('100% packet loss');
      const ip = await kubectl.ok(inNamespace('get', 'pod', 'client', '-o', 'jsonpath={.status.podIP}'));
      expect(await kubectl.ok(inNamespace('exec', 'client', '--', 'ping', '-c1', ip))).toMatch(
        / 0% packet loss/,
      );
    });

    it('hands over exit code, both outputs and stdin of a command', async () => {
      const result = await kubectl.run(
        inNamespace('exec', '-i', 'client', '--', 'sh', '-c', 'cat; echo oops >&2; exit 3'),
        'from stdin\n',
      );
      expect(result.stdout).toBe('from stdin');
      expect(result.stderr).toContain('oops');
      expect(result.exitCode).toBe(3);
    });

    it('gives a terminal with a prompt that runs what is typed', async () => {
      const screen = await kubectl.inTerminal(
        inNamespace('exec', '-it', 'client', '--', 'sh'),
        'echo answer=$((40+2))\nhostname\nexit\n',
      );
      expect(screen).toContain('answer=42');
      expect(screen).toMatch(/client\r?\n/);
    });

    it('follows logs while they are written', async () => {
      await kubectl.ok(
        inNamespace(
          'run',
          'ticker',
          `--image=${AGNHOST}`,
          '--command',
          '--',
          'sh',
          '-c',
          'for i in 1 2 3; do echo tick $i; sleep 0.2; done; sleep 60',
        ),
      );
      await kubectl.ok(inNamespace('wait', '--for=condition=Ready', 'pod/ticker', '--timeout=20s'));
      const ticks = kubectl.start(inNamespace('logs', '-f', 'ticker'));
      let seen = '';
      for await (const line of ticks) {
        seen += `${String(line)}\n`;
        if (seen.includes('tick 3')) ticks.kill();
      }
      expect(seen).toBe('tick 1\ntick 2\ntick 3\n');
    });

    it('scales, labels, watches and rolls out', async () => {
      const watch = kubectl.start(inNamespace('get', 'deployment', 'web', '-w', '--no-headers'));
      await kubectl.ok(inNamespace('scale', 'deployment/web', '--replicas=4'));
      await kubectl.ok(inNamespace('rollout', 'status', 'deployment/web', '--timeout=20s'));
      let seen = '';
      for await (const line of watch) {
        seen += `${String(line)}\n`;
        if (seen.includes('4/4')) watch.kill();
      }
      expect(seen).toMatch(/3\/4/);
      expect(await kubectl.ok(inNamespace('label', 'pod', 'client', 'tier=front'))).toContain(
        'pod/client labeled',
      );
      expect(await kubectl.ok(inNamespace('get', 'pods', '-l', 'tier=front', '-o', 'name'))).toBe(
        'pod/client',
      );
      await kubectl.ok(inNamespace('set', 'env', 'deployment/web', 'COLOUR=blue'));
      expect(await kubectl.ok(inNamespace('rollout', 'status', 'deployment/web', '--timeout=30s'))).toContain(
        'successfully rolled out',
      );
      expect(await kubectl.ok(inNamespace('get', 'replicasets'))).toMatch(/web-\S+ +0 +0 +0 /);
    }, 60_000);

    it('creates, replaces and deletes with the imperative commands', async () => {
      expect(
        await kubectl.ok(inNamespace('create', 'configmap', 'colours', '--from-literal=sky=blue')),
      ).toContain('configmap/colours created');
      expect(
        await kubectl.ok(inNamespace('create', 'secret', 'generic', 'key', '--from-literal=a=b')),
      ).toContain('secret/key created');
      expect(
        await kubectl.ok(inNamespace('create', 'deployment', 'extra', `--image=${AGNHOST}`, '--replicas=1')),
      ).toContain('deployment.apps/extra created');
      expect(
        await kubectl.ok(inNamespace('create', 'service', 'clusterip', 'extra', '--tcp=80:8080')),
      ).toContain('service/extra created');
      expect(await kubectl.ok(inNamespace('delete', 'service/extra', 'deployment/extra'))).toContain(
        'deployment.apps "extra" deleted',
      );
      await kubectl.ok(inNamespace('wait', '--for=delete', 'pod', '-l', 'app=extra', '--timeout=40s'));
    }, 60_000);

    it('says what is wrong with a manifest as the real server does', async () => {
      const bad = await kubectl.run(
        inNamespace('apply', '-f', '-'),
        'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}], selector: {a: b}}\n',
      );
      expect(bad.exitCode).toBe(1);
      expect(bad.stderr).toContain(
        'The Service "bad" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      );
      const unknown = await kubectl.run(
        inNamespace('apply', '-f', '-'),
        'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {port: 80, selector: {a: b}}\n',
      );
      expect(unknown.stderr).toContain('unknown field "spec.port"');
    });

    it('cannot pull an image that it does not have, and says so', async () => {
      await kubectl.ok(inNamespace('run', 'stranger', '--image=example.com/not/here:1'));
      const reason = (): Promise<string> =>
        kubectl.ok(
          inNamespace(
            'get',
            'pod',
            'stranger',
            '-o',
            'jsonpath={.status.containerStatuses[0].state.waiting.reason}',
          ),
        );
      await expect.poll(reason, { timeout: 15_000 }).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
      expect(await kubectl.ok(inNamespace('describe', 'pod', 'stranger'))).toMatch(/Failed to pull image/);
    });

    it('empties a namespace when it is deleted', async () => {
      const doomed = `${namespace}-doomed`;
      await kubectl.ok(['create', 'namespace', doomed]);
      await kubectl.ok(['-n', doomed, 'create', 'configmap', 'left', '--from-literal=a=b']);
      await kubectl.ok(['delete', 'namespace', doomed, '--timeout=30s']);
      const gone = await kubectl.run(['get', 'namespace', doomed]);
      expect(gone.stderr).toBe(`Error from server (NotFound): namespaces "${doomed}" not found`);
    }, 60_000);
  });
});
