import { AGNHOST } from '../manifests.ts';
import { given, quiet, ready, until, type Scenario, type Step } from '../suite/scenario.ts';
import { client, server, service } from './pods.ts';

const stdin = (command: string, text: string): Step => ({ command, stdin: text });
const forward = (command: string, ...fetch: string[]): Step => ({
  command,
  during: { ready: /Forwarding from 127\.0\.0\.1:(\d+) ->/, fetch },
});

export const streams: Scenario = {
  name: 'streams',
  title: 'Logs, exec, attach, cp, port-forward, debug',
  everyKubectl: true,
  files: { 'letter.txt': 'first\nsecond\n' },
  steps: [
    given(
      `apiVersion: v1
kind: Pod
metadata: {name: talker, labels: {app: talk}}
spec:
  terminationGracePeriodSeconds: 1
  nodeName: <worker>
  containers:
  - {name: main, image: '${AGNHOST}', command: [sh, -c, 'for i in 1 2 3 4 5; do echo line $i; done; sleep 1; echo wrong >&2; sleep 3600']}
  - {name: side, image: '${AGNHOST}', command: [sh, -c, 'echo beside; sleep 3600']}
---` +
        server('web', { node: '<worker>', labels: { app: 'web' } }) +
        client('near', { node: '<worker>' }) +
        service('web-svc', 'selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]'),
    ),
    ready('talker', 'web', 'near'),
    until(/wrong/, 'logs talker'),
    'logs talker -c side',
    'logs talker --tail=2',
    'logs talker --tail=0',
    'logs talker --limit-bytes=10',
    'logs talker --timestamps --tail=1',
    'logs talker --since=1h --tail=1',
    'logs talker --since-time=2000-01-01T00:00:00Z --tail=1',
    'logs talker --since=1s --since-time=2000-01-01T00:00:00Z',
    { command: 'logs talker --all-containers', sorted: true },
    { command: 'logs talker --all-containers --prefix', sorted: true },
    'logs -l app=talk --tail=1',
    { command: 'logs -l app=talk --tail=1 --prefix --all-containers', sorted: true },
    'logs talker --previous',
    'logs talker --tail=-5',
    'logs service/web-svc --tail=0',
    'exec near -- hostname',
    "exec near -- sh -c 'exit 7'",
    "exec near -- sh -c 'echo out; echo err >&2'",
    'exec near -- nosuch',
    'exec near',
    'exec near -c nosuch -- true',
    'exec talker -- hostname',
    'exec talker -c side -- hostname',
    'exec service/web-svc -- hostname',
    stdin('exec -i near -- cat', 'hello\nthere\n'),
    stdin('exec -i near -- wc -l', '1\n2\n3\n'),
    stdin('exec near -- cat', 'not passed on'),
    'exec near -- true false',
    'exec near -- printenv HOSTNAME',
    'exec near -it -- hostname',
    quiet('cp letter.txt near:/tmp/letter.txt'),
    'exec near -- cat /tmp/letter.txt',
    'cp near:tmp/letter.txt back.txt',
    stdin('exec -i near -- sh', 'cat /tmp/letter.txt | tail -n 1\nexit 4\n'),
    'cp nowhere.txt near:/tmp/x',
    'cp letter.txt nosuch:/tmp/x',
    forward('port-forward pod/web :8080', '/hostname', '/clientip', '/echo?msg=hello'),
    forward('port-forward service/web-svc :80', '/hostname'),
    forward('port-forward service/web-svc :http', '/hostname'),
    'port-forward pod/nosuch :80',
    'port-forward service/web-svc :81',
    'port-forward pod/web nonsense',
    'attach nosuch',
    'attach talker -c nosuch',
    'debug near --image=busybox:1.36 -c looker -- sh -c "echo looking; sleep 3600"',
    until(/running/, 'get pod near -o jsonpath={.status.ephemeralContainerStatuses[0].state}'),
    'get pod near -o jsonpath={.spec.ephemeralContainers[0].name}/{.spec.ephemeralContainers[0].image}',
    'exec near -c looker -- hostname',
    'logs near -c looker',
    'debug near --image=busybox:1.36 -c looker -- true',
    'debug near --image=busybox:1.36 --copy-to=near-copy --same-node -c extra -- sleep 3600',
    'get pod near-copy -o jsonpath={.spec.containers[*].name}',
    'debug nosuch --image=busybox:1.36',
    'run quick --image=busybox:1.36 --restart=Never --rm -i --quiet -- echo from the pod',
    'run failing --image=busybox:1.36 --restart=Never --rm -i --quiet -- sh -c "exit 5"',
    stdin('run reading --image=busybox:1.36 --restart=Never --rm -i --quiet -- cat', 'typed\n'),
    'get --raw /api/v1/namespaces/<namespace>/services/web-svc:http/proxy/hostname',
    'get --raw /api/v1/namespaces/<namespace>/pods/web:8080/proxy/hostname',
    'get --raw /api/v1/namespaces/<namespace>/pods/talker/log?container=side',
    'top pod talker',
  ],
};
