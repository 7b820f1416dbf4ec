/** Deployments and the life of their pods, with one kubectl. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conformanceCluster, type ConformanceCluster } from './cluster.ts';
import { availableKubectls, Kubectl } from './kubectl.ts';
import { AGNHOST, WEB } from './manifests.ts';

const program = availableKubectls().at(-1);

describe.skipIf(program === undefined)('workloads, by kubectl', () => {
  let cluster: ConformanceCluster;
  let kubectl: Kubectl;
  beforeAll(async () => {
    cluster = await conformanceCluster();
    kubectl = new Kubectl(program ?? '', cluster.kubeconfig, 'workloads');
    await kubectl.ok(['create', 'namespace', 'workloads']);
    await kubectl.apply(WEB);
    await rolledOut();
  });
  afterAll(() => cluster.stop());

  const rolledOut = (): Promise<string> =>
    kubectl.ok(['rollout', 'status', 'deployment/web', '--timeout=30s']);
  const run = (name: string, script: string, ...flags: string[]): Promise<string> =>
    kubectl.ok(['run', name, `--image=${AGNHOST}`, ...flags, '--command', '--', 'sh', '-c', script]);
  const waiting = (pod: string, reason: string): Promise<string> => {
    const path = '.status.containerStatuses[0].state.waiting.reason';
    return kubectl.ok(['wait', `--for=jsonpath={${path}}=${reason}`, `pod/${pod}`, '--timeout=30s']);
  };

  it('replaces a pod that is deleted, and the Service follows', async () => {
    const [victim = ''] = (await kubectl.value('pods -l app=web', '.items[*].metadata.name')).split(' ');
    const gone = await kubectl.value(`pod ${victim}`, '.status.podIP');
    await kubectl.ok(['delete', 'pod', victim, '--now']);
    await kubectl.ok(['wait', '--for=jsonpath={.status.readyReplicas}=3', 'deployment/web', '--timeout=20s']);
    expect(await kubectl.ok(['get', 'pods', '-l', 'app=web', '-o', 'name'])).not.toContain(victim);
    const serving = (): Promise<string> =>
      kubectl.value(
        'endpointslices -l kubernetes.io/service-name=web',
        '.items[*].endpoints[*].addresses[0]',
      );
    await expect.poll(async () => (await serving()).split(' ')).toHaveLength(3);
    expect((await serving()).split(' ')).not.toContain(gone);
  });

  it('takes pods out of the Service that its selector no longer finds', async () => {
    const endpoints = (): Promise<string> =>
      kubectl.value(
        'endpointslices -l kubernetes.io/service-name=web',
        '.items[*].endpoints[*].addresses[0]',
      );
    await kubectl.ok(['set', 'selector', 'service', 'web', 'app=nothing']);
    await expect.poll(endpoints).toBe('');
    const curl = async (): Promise<string> => (await kubectl.shell('client', 'curl -sS -m 2 web')).stderr;
    await expect.poll(curl).toMatch(/^curl: \(7\) .*Could(n't| not) connect/);
    await kubectl.ok(['set', 'selector', 'service', 'web', 'app=web']);
    await expect.poll(async () => (await endpoints()).split(' ')).toHaveLength(3);
    await expect.poll(curl).toBe('');
  });

  it('keeps serving while a rollout is stuck, says why, and goes back', async () => {
    await kubectl.ok(['set', 'image', 'deployment/web', 'web=example.com/none:1']);
    const status = await kubectl.run(['rollout', 'status', 'deployment/web', '--timeout=300ms']);
    expect(status.exitCode).toBe(1);
    expect(status.stdout).toContain('1 out of 3 new replicas have been updated');
    expect(await kubectl.ok(['get', 'deployment', 'web'])).toMatch(/web +3\/3 +1 +3 /);
    await kubectl.ok(['rollout', 'undo', 'deployment/web']);
    await rolledOut();
    expect(await kubectl.value('deployment web', '.spec.template.spec.containers[0].image')).toBe(AGNHOST);
  });

  it('keeps a history of revisions to go back to', async () => {
    await kubectl.ok([
      'annotate',
      'deployment',
      'web',
      'kubernetes.io/change-cause=as it was',
      '--overwrite',
    ]);
    await rolledOut();
    const revision = await kubectl.value(
      'deployment web',
      '.metadata.annotations.deployment\\.kubernetes\\.io/revision',
    );
    await kubectl.ok(['set', 'env', 'deployment/web', 'COLOUR=red']);
    await kubectl.ok([
      'annotate',
      'deployment',
      'web',
      'kubernetes.io/change-cause=painted red',
      '--overwrite',
    ]);
    await rolledOut();
    const history = await kubectl.ok(['rollout', 'history', 'deployment/web']);
    expect(history).toMatch(new RegExp(`${revision} +as it was\\n${Number(revision) + 1} +painted red`));
    expect(
      await kubectl.ok(['rollout', 'history', 'deployment/web', `--revision=${Number(revision) + 1}`]),
    ).toMatch(/COLOUR:\s+red/);
    await kubectl.ok(['rollout', 'undo', 'deployment/web', `--to-revision=${revision}`]);
    await rolledOut();
    expect(await kubectl.value('deployment web', '.spec.template.spec.containers[0].env')).toBe('');
  });

  it('pauses a rollout and resumes it', async () => {
    await kubectl.ok(['rollout', 'pause', 'deployment/web']);
    await kubectl.ok(['set', 'env', 'deployment/web', 'PAUSED=yes']);
    const observed = `--for=jsonpath={.status.observedGeneration}=${await kubectl.value('deployment web', '.metadata.generation')}`;
    await kubectl.ok(['wait', observed, 'deployment/web', '--timeout=20s']);
    expect(await kubectl.value('deployment web', '.status.updatedReplicas')).toBe('');
    await kubectl.ok(['rollout', 'resume', 'deployment/web']);
    await rolledOut();
    expect(await kubectl.value('deployment web', '.status.updatedReplicas')).toBe('3');
  });

  it('cannot pull an image that it does not have, and says so', async () => {
    await kubectl.ok(['run', 'stranger', '--image=example.com/not/here:1']);
    await waiting('stranger', 'ImagePullBackOff');
    expect(await kubectl.ok(['get', 'pod', 'stranger'])).toMatch(/0\/1 +ImagePullBackOff +0 /);
    const text = await kubectl.ok(['describe', 'pod', 'stranger']);
    expect(text).toMatch(/Warning +Failed .*Failed to pull image "example.com\/not\/here:1"/);
    expect(text).toMatch(/Normal +BackOff .*Back-off pulling image/);
    expect(await kubectl.refused(['logs', 'stranger'])).toContain(
      'container "stranger" in pod "stranger" is waiting to start: trying and failing to pull image',
    );
  });

  it('restarts what ends, ever more slowly, and keeps the last log', async () => {
    await run('crash', 'echo dying; exit 1');
    await waiting('crash', 'CrashLoopBackOff');
    expect(await kubectl.ok(['get', 'pod', 'crash'])).toMatch(/0\/1 +CrashLoopBackOff +\d /);
    expect(await kubectl.ok(['logs', 'crash', '--previous'])).toBe('dying');
    expect(
      await kubectl.value('pod crash', '.status.containerStatuses[0].lastState.terminated.exitCode'),
    ).toBe('1');
  });

  it('runs a pod to its end', async () => {
    await run('good', 'echo done', '--restart=Never');
    await run('bad', 'exit 3', '--restart=Never');
    await kubectl.ok(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/good', '--timeout=20s']);
    await kubectl.ok(['wait', '--for=jsonpath={.status.phase}=Failed', 'pod/bad', '--timeout=20s']);
    expect(await kubectl.ok(['get', 'pods', 'good', 'bad'])).toMatch(
      /good +0\/1 +Completed[^]*bad +0\/1 +Error /,
    );
    expect(await kubectl.ok(['logs', 'good'])).toBe('done');
    expect(await kubectl.refused(['exec', 'good', '--', 'ls'])).toContain(
      'cannot exec into a container in a completed pod; current phase is Succeeded',
    );
  });

  it('gives a pod its ConfigMaps and Secrets, and runs its init containers first', async () => {
    await kubectl.ok(['create', 'configmap', 'colours', '--from-literal=sky=blue']);
    await kubectl.ok(['create', 'secret', 'generic', 'key', '--from-literal=word=sesame']);
    await kubectl.apply(`
apiVersion: v1
kind: Pod
metadata: {name: fed}
spec:
  volumes:
  - {name: colours, configMap: {name: colours}}
  - {name: shared, emptyDir: {}}
  initContainers:
  - name: first
    image: ${AGNHOST}
    command: [sh, -c, echo prepared > /shared/note]
    volumeMounts: [{name: shared, mountPath: /shared}]
  containers:
  - name: fed
    image: ${AGNHOST}
    args: [pause]
    env:
    - {name: WORD, valueFrom: {secretKeyRef: {name: key, key: word}}}
    - {name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    volumeMounts:
    - {name: colours, mountPath: /colours}
    - {name: shared, mountPath: /shared}
`);
    await kubectl.ok(['wait', '--for=condition=Ready', 'pod/fed', '--timeout=20s']);
    const seen = await kubectl.shell('fed', 'cat /colours/sky; echo; echo $WORD $ME; cat /shared/note');
    expect(seen.stdout).toBe('blue\nsesame fed\nprepared');
    expect(await kubectl.ok(['logs', 'fed', '-c', 'first'])).toBe('');
  });

  it('does not start a pod before what it needs is there', async () => {
    await kubectl.apply(`
apiVersion: v1
kind: Pod
metadata: {name: hungry}
spec:
  containers:
  - name: hungry
    image: ${AGNHOST}
    args: [pause]
    envFrom: [{configMapRef: {name: late}}]
`);
    await waiting('hungry', 'CreateContainerConfigError');
    expect(await kubectl.ok(['describe', 'pod', 'hungry'])).toContain('configmap "late" not found');
  });

  it('shows every step of a pod’s life to a watch', async () => {
    await kubectl.ok(['label', 'pod', 'client', 'run=seen']);
    const watch = kubectl.start(['get', 'pods', '-l', 'run=seen', '-w', '--output-watch-events']);
    await watch.until(/ADDED +client/);
    await kubectl.ok(['run', 'seen', `--image=${AGNHOST}`]);
    await watch.until(
      /ADDED +seen +0\/1 +Pending[^]*MODIFIED +seen +0\/1 +ContainerCreating[^]*1\/1 +Running/,
    );
    await kubectl.ok(['delete', 'pod', 'seen', '--now']);
    await watch.until(/MODIFIED +seen +1\/1 +Terminating[^]*DELETED +seen/);
    await watch.stop();
  });

  it('leaves to others what a deletion orphans', async () => {
    await kubectl.ok(['create', 'deployment', 'parent', `--image=${AGNHOST}`]);
    await kubectl.ok(['rollout', 'status', 'deployment/parent', '--timeout=20s']);
    await kubectl.ok(['delete', 'deployment', 'parent', '--cascade=orphan']);
    expect(await kubectl.value('replicaset -l app=parent', '.items[*].metadata.ownerReferences')).toBe('');
    await kubectl.ok(['delete', 'replicaset', '-l', 'app=parent', '--cascade=foreground']);
    await kubectl.ok(['delete', 'pod', '-l', 'app=parent', '--now', '--ignore-not-found']);
  });
});
