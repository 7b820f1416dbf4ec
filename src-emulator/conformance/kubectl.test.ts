/** What each version of kubectl puts on the wire in its own way. The rest is tested with one version. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCluster, type ConformanceCluster } from './cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';
import { AGNHOST, configMap, WEB } from './manifests.ts';

const programs = availableKubectls();

describe.skipIf(programs.length === 0)('the emulated cluster, driven by kubectl', () => {
  let cluster: ConformanceCluster;
  beforeAll(async () => {
    cluster = await conformanceCluster();
  });
  afterAll(() => cluster.stop());

  describe.each(
    programs.map((program, index) => [program.replace(/.*\//, ''), program, `conf-${index}`] as const),
  )('%s', (_label, program, namespace) => {
    let kubectl: Kubectl;

    beforeAll(async () => {
      kubectl = new Kubectl(program, cluster.kubeconfig, namespace);
      await kubectl.ok(['create', 'namespace', namespace]);
      expect(await kubectl.apply(WEB)).toContain('deployment.apps/web created');
      await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=20s']);
      await kubectl.ok(['wait', '--for=condition=Ready', 'pod/client', '--timeout=20s']);
    });

    it('says that it is Kubernetes 1.34 with three ready nodes', async () => {
      expect(await kubectl.ok(['version'])).toMatch(/Server Version: .*v1\.34\./);
      const nodes = await kubectl.ok(['get', 'nodes']);
      expect(nodes.match(/ Ready /g)).toHaveLength(3);
      expect(nodes).toMatch(/control-plane/);
    });

    it('prints pods as a table, wide, as YAML and by jsonpath', async () => {
      const pods = await kubectl.ok(['get', 'pods', '-l', 'app=web']);
      expect(pods).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\n/);
      expect(pods.match(/1\/1 +Running +0 /g)).toHaveLength(3);
      expect(await kubectl.ok(['get', 'pods', '-o', 'wide'])).toMatch(/10\.244\.\d+\.\d+ +\S+-worker/);
      expect(await kubectl.ok(['get', 'deployment', 'web', '-o', 'yaml'])).toContain('readyReplicas: 3');
      expect(await kubectl.value('service web', '.spec.clusterIP')).toMatch(/^10\.96\.\d+\.\d+$/);
    });

    it('describes a Service with the endpoints that serve it', async () => {
      const text = await kubectl.ok(['describe', 'service', 'web']);
      expect(text).toMatch(/TargetPort: +8080\/TCP/);
      expect(text).toMatch(/Endpoints: +\S/);
      const pod = await kubectl.ok(['describe', 'pod', 'client']);
      expect(pod).toMatch(/Normal +Scheduled +.*Successfully assigned/);
      expect(pod).toMatch(/Normal +Started/);
    });

    it('applies: created, unchanged, changed, and removes what the manifest dropped', async () => {
      expect(await kubectl.apply(configMap('applied', { a: '1', b: '2' }))).toBe('configmap/applied created');
      expect(await kubectl.apply(configMap('applied', { a: '1', b: '2' }))).toBe(
        'configmap/applied unchanged',
      );
      await kubectl.ok(['patch', 'configmap', 'applied', '-p', '{"data":{"theirs":"kept"}}']);
      const changed = configMap('applied', { a: '3' });
      const difference = await kubectl.run(['diff', '-f', '-'], { stdin: changed });
      expect(difference.exitCode).toBe(1);
      expect(difference.stdout).toMatch(/-\s+b: "2"/);
      expect(await kubectl.apply(changed)).toBe('configmap/applied configured');
      expect(JSON.parse(await kubectl.value('configmap applied', '.data'))).toEqual({
        a: '3',
        theirs: 'kept',
      });
    });

    it('merges a changed list of an applied Deployment by its keys', async () => {
      const withSidecar = WEB.replace(
        '      containers:\n',
        '      containers:\n      - {name: side, image: IMAGE, args: [pause]}\n'.replace('IMAGE', AGNHOST),
      );
      await kubectl.apply(withSidecar);
      expect(await kubectl.value('deployment web', '.spec.template.spec.containers[*].name')).toMatch(
        /^(side web|web side)$/,
      );
      await kubectl.apply(WEB);
      expect(await kubectl.value('deployment web', '.spec.template.spec.containers[*].name')).toBe('web');
      await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=20s']);
    });

    it('creates and deletes with the imperative commands', async () => {
      const created: [string[], string][] = [
        [['configmap', 'colours', '--from-literal=sky=blue'], 'configmap/colours'],
        [['secret', 'generic', 'key', '--from-literal=a=b'], 'secret/key'],
        [['deployment', 'extra', `--image=${AGNHOST}`, '--', '/agnhost', 'pause'], 'deployment.apps/extra'],
        [['service', 'clusterip', 'extra', '--tcp=80:8080'], 'service/extra'],
        [['serviceaccount', 'robot'], 'serviceaccount/robot'],
      ];
      for (const [args, name] of created)
        expect(await kubectl.ok(['create', ...args])).toBe(`${name} created`);
      expect(await kubectl.value('configmap colours', '.data.sky')).toBe('blue');
      expect(await kubectl.value('secret key', '.data.a')).toBe('Yg==');
      expect(await kubectl.value('service extra', '.spec.ports[0].targetPort')).toBe('8080');
      expect(await kubectl.value('deployment extra', '.spec.template.spec.containers[0].command')).toBe(
        '["/agnhost","pause"]',
      );
      expect(await kubectl.refused(['create', 'configmap', 'colours'])).toContain(
        'configmaps "colours" already exists',
      );
      const deleted = await kubectl.ok(['delete', ...created.map(([, name]) => name.replace('.apps', ''))]);
      expect(deleted).toContain('deployment.apps "extra" deleted');
      await kubectl.ok(['delete', 'pod', '-l', 'app=extra', '--now', '--ignore-not-found']);
      expect(await kubectl.ok(['get', 'all', '-l', 'app=extra', '-o', 'name'])).toBe('');
    });

    it('patches in all three ways', async () => {
      await kubectl.apply(configMap('patched', { a: '1', b: '2' }));
      await kubectl.ok(['patch', 'configmap', 'patched', '-p', '{"data":{"a":null,"c":"3"}}']);
      await kubectl.ok(['patch', 'configmap', 'patched', '--type=merge', '-p', '{"data":{"d":"4"}}']);
      const operations = '[{"op":"test","path":"/data/b","value":"2"},{"op":"remove","path":"/data/b"}]';
      await kubectl.ok(['patch', 'configmap', 'patched', '--type=json', '-p', operations]);
      expect(JSON.parse(await kubectl.value('configmap patched', '.data'))).toEqual({ c: '3', d: '4' });
      const again = await kubectl.run(['patch', 'configmap', 'patched', '-p', '{"data":{"c":"3"}}']);
      expect(again.stdout).toBe('configmap/patched patched (no change)');
    });

    it('edits with the editor that the user chose', async () => {
      await kubectl.apply(configMap('edited', { colour: 'blue' }));
      const environment = { KUBE_EDITOR: "sed -i 's/: blue/: green/'" };
      expect(await kubectl.ok(['edit', 'configmap', 'edited'], { environment })).toBe(
        'configmap/edited edited',
      );
      expect(await kubectl.value('configmap edited', '.data.colour')).toBe('green');
      const unchanged = await kubectl.run(['edit', 'configmap', 'edited'], {
        environment: { KUBE_EDITOR: 'true' },
      });
      expect(unchanged.stderr).toContain('Edit cancelled, no changes made.');
    });

    it('labels, annotates and selects', async () => {
      expect(await kubectl.ok(['label', 'pod', 'client', 'tier=front'])).toBe('pod/client labeled');
      expect(await kubectl.ok(['annotate', 'pod', 'client', 'note=hi'])).toContain('pod/client annotate');
      expect(await kubectl.ok(['get', 'pods', '-l', 'tier in (front,back)', '-o', 'name'])).toBe(
        'pod/client',
      );
      expect(await kubectl.ok(['label', 'pod', 'client', 'tier-'])).toBe('pod/client unlabeled');
      expect(await kubectl.ok(['get', 'pods', '-l', 'tier', '-o', 'name'])).toBe('');
    });

    it('watches while a Deployment is scaled and rolled out', async () => {
      const watch = kubectl.start(['get', 'deployment', 'web', '-w', '--no-headers']);
      await watch.until(/3\/3/);
      await kubectl.ok(['scale', 'deployment/web', '--replicas=4']);
      await watch.until(/3\/4[^]*4\/4/);
      await watch.stop();
      await kubectl.ok(['set', 'env', 'deployment/web', 'COLOUR=blue']);
      expect(await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=30s'])).toContain(
        'successfully rolled out',
      );
      expect(await kubectl.ok(['get', 'replicasets'])).toMatch(/web-\S+ +0 +0 +0 /);
      await kubectl.ok(['scale', 'deployment/web', '--replicas=3', '--current-replicas=4']);
    });

    it('goes back to an earlier revision and restarts', async () => {
      expect(await kubectl.ok(['rollout', 'undo', 'deployment/web'])).toBe('deployment.apps/web rolled back');
      await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=30s']);
      expect(await kubectl.value('deployment web', '.spec.template.spec.containers[0].env')).toBe('');
      expect(await kubectl.ok(['rollout', 'restart', 'deployment/web'])).toBe(
        'deployment.apps/web restarted',
      );
      await kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=30s']);
      expect(await kubectl.ok(['rollout', 'history', 'deployment/web'])).toMatch(/REVISION +CHANGE-CAUSE\n/);
    });

    it('waits for conditions, values and deletion', async () => {
      expect(await kubectl.ok(['wait', '--for=condition=Available', 'deployment/web', '--timeout=20s'])).toBe(
        'deployment.apps/web condition met',
      );
      await kubectl.ok([
        'wait',
        '--for=jsonpath={.status.readyReplicas}=3',
        'deployment/web',
        '--timeout=20s',
      ]);
      const late = await kubectl.refused(['wait', '--for=condition=Never', 'pod/client', '--timeout=10ms']);
      expect(late).toContain('timed out waiting for the condition on pods/client');
      await kubectl.ok(['run', 'brief', `--image=${AGNHOST}`]);
      await kubectl.ok(['delete', 'pod', 'brief', '--now', '--wait=false']);
      await kubectl.ok(['wait', '--for=delete', 'pod/brief', '--timeout=20s']);
      expect(await kubectl.refused(['get', 'pod', 'brief'])).toBe(
        'Error from server (NotFound): pods "brief" not found',
      );
    });

    it('hands over exit code, both outputs and stdin of a command', async () => {
      const result = await kubectl.run(
        ['exec', '-i', 'client', '--', 'sh', '-c', 'cat; echo oops >&2; exit 3'],
        { stdin: 'from stdin\n' },
      );
      expect(result.stdout).toBe('from stdin');
      expect(result.stderr).toMatch(/^oops\ncommand terminated with exit code 3$/);
      expect(result.exitCode).toBe(3);
    });

    it('carries a megabyte through a command unharmed', async () => {
      const text = 'all work and no play\n'.repeat(50_000);
      const result = await kubectl.run(['exec', '-i', 'client', '--', 'cat'], { stdin: text });
      expect(result.stdout === text.trimEnd()).toBe(true);
    });

    it('gives a terminal with a prompt that runs what is typed', async () => {
      const terminal = kubectl.terminal(['exec', '-it', 'client', '--', 'sh']);
      await terminal.until(/# $/);
      terminal.type('echo answer=$((40+2))\n');
      await terminal.until(/answer=42\r\n.*# $/);
      terminal.type('sleep 600\n');
      await terminal.until(/sleep 600\r\n/);
      terminal.type('\u0003');
      await terminal.until(/\^C\r\n.*# $/);
      terminal.type('exit 7\n');
      expect(await terminal.ended()).toBe(7);
    });

    it('follows logs while they are written', async () => {
      const script = 'for i in 1 2 3; do echo tick $i; sleep 0.1; done; exec sleep 600';
      await kubectl.ok(['run', 'ticker', `--image=${AGNHOST}`, '--command', '--', 'sh', '-c', script]);
      await kubectl.ok(['wait', '--for=condition=Ready', 'pod/ticker', '--timeout=20s']);
      const ticks = kubectl.start(['logs', '-f', 'ticker']);
      await ticks.until(/^tick 1\ntick 2\ntick 3\n$/);
      await ticks.stop();
      expect(await kubectl.ok(['logs', 'ticker', '--tail=1'])).toBe('tick 3');
    });

    it('forwards a port to a Service', async () => {
      const forward = kubectl.start(['port-forward', 'service/web', ':80']);
      const [, port = ''] = await forward.until(/Forwarding from 127\.0\.0\.1:(\d+) -> 8080/);
      const names = new Set<string>();
      for (let round = 0; round < 3; round++)
        names.add(await (await fetch(`http://127.0.0.1:${port}/hostname`)).text());
      await forward.stop();
      // One forwarding goes to one pod, whatever the Service has.
      expect([...names].join()).toMatch(/^web-[a-z0-9]+-[a-z0-9]+$/);
    });

    it('runs a pod for one command, attached, and removes it', async () => {
      const once = ['run', 'once', '--rm', '-i', '--restart=Never', `--image=${AGNHOST}`, '--command', '--'];
      const result = await kubectl.run([...once, 'sh', '-c', 'read line; echo got $line; exit 4'], {
        stdin: 'this\n',
      });
      expect(result.stdout).toContain('got this');
      expect(result.exitCode).toBe(4);
      expect(await kubectl.refused(['get', 'pod', 'once'])).toContain('not found');
    });

    it('copies files into a pod and out of it', async () => {
      const there = join(kubectl.folder, 'there.txt');
      const back = join(kubectl.folder, 'back.txt');
      writeFileSync(there, 'carried over\n');
      await kubectl.ok(['cp', there, 'client:/tmp/file']);
      expect((await kubectl.shell('client', 'cat /tmp/file')).stdout).toBe('carried over');
      await kubectl.ok(['cp', 'client:/tmp/file', back]);
      expect(readFileSync(back, 'utf8')).toBe('carried over\n');
    });

    it('says what is wrong with a manifest as the real server does', async () => {
      const service = (spec: string): string =>
        `apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {${spec}, selector: {a: b}}\n`;
      const refused = (stdin: string): Promise<string> => kubectl.refused(['apply', '-f', '-'], { stdin });
      expect(await refused(service('ports: [{port: 70000, targetPort: 80}]'))).toBe(
        'The Service "bad" is invalid: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive',
      );
      expect(await refused(service('port: 80'))).toContain('unknown field "spec.port"');
      expect(await refused('apiVersion: v1\nkind: Sevice\nmetadata: {name: bad}\n')).toContain(
        'no matches for kind "Sevice" in version "v1"',
      );
    });

    it('explains fields', async () => {
      expect(await kubectl.ok(['explain', 'service.spec.ports.targetPort'])).toMatch(
        /KIND: +Service\n[^]*targetPort <IntOrString>\n[^]*DESCRIPTION:\n +\w/,
      );
    });
  });
});
