import { AGNHOST } from '../manifests.ts';
import { given, quiet, quietUntil, ready, until, type Scenario } from '../suite/scenario.ts';

const pod = (name: string, spec: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, labels: {app: ${name}}}\nspec: {terminationGracePeriodSeconds: 1, nodeName: <worker>, ${spec}}\n---\n`;
const shell = (line: string): string => `image: 'busybox:1.36', command: [sh, -c, '${line}']`;

export const podLife: Scenario = {
  name: 'pod-life',
  title: 'How pods start, fail, restart and end, and what is told of it',
  steps: [
    given(
      pod('good', `restartPolicy: Never, containers: [{name: main, ${shell('echo done')}}]`) +
        pod('bad', `restartPolicy: Never, containers: [{name: main, ${shell('echo failing; exit 3')}}]`) +
        pod('crash', `containers: [{name: main, ${shell('echo dying; exit 1')}}]`) +
        pod('stranger', "containers: [{name: main, image: 'example.com/not/here:1'}]") +
        pod('never', "containers: [{name: main, image: 'example.com/not/here:1', imagePullPolicy: Never}]") +
        pod('misspelt', "containers: [{name: main, image: 'nginx:NO SUCH'}]") +
        pod('no-program', "containers: [{name: main, image: 'busybox:1.36', command: [nosuch]}]") +
        pod(
          'hungry',
          `containers: [{name: main, image: '${AGNHOST}', envFrom: [{configMapRef: {name: late}}]}]`,
        ) +
        pod(
          'keyless',
          `containers: [{name: main, image: '${AGNHOST}', env: [{name: A, valueFrom: {secretKeyRef: {name: late, key: word}}}]}]`,
        ) +
        pod(
          'unmounted',
          `volumes: [{name: v, configMap: {name: late}}], containers: [{name: main, image: '${AGNHOST}', volumeMounts: [{name: v, mountPath: /v}]}]`,
        ) +
        pod(
          'staged',
          `initContainers: [{name: first, ${shell('echo first')}}, {name: side, image: '${AGNHOST}', args: [pause], restartPolicy: Always}], containers: [{name: main, image: '${AGNHOST}', args: [pause]}]`,
        ) +
        pod(
          'stuck',
          `restartPolicy: Never, initContainers: [{name: first, ${shell('exit 2')}}], containers: [{name: main, image: '${AGNHOST}'}]`,
        ) +
        pod(
          'unready',
          `containers: [{name: main, image: '${AGNHOST}', args: [netexec], readinessProbe: {tcpSocket: {port: 9}, periodSeconds: 1}}]`,
        ) +
        pod(
          'unlively',
          `containers: [{name: main, image: '${AGNHOST}', args: [netexec], livenessProbe: {tcpSocket: {port: 9}, periodSeconds: 1, failureThreshold: 1}}]`,
        ) +
        'apiVersion: v1\nkind: Pod\nmetadata: {name: homeless}\nspec: {nodeSelector: {disk: none}, containers: [{name: main, image: nginx}]}\n---\n' +
        "apiVersion: v1\nkind: Pod\nmetadata: {name: greedy}\nspec: {containers: [{name: main, image: nginx, resources: {requests: {cpu: '1000'}}}]}\n",
    ),
    quietUntil(/Completed/, 'get pod good'),
    quietUntil(/Error/, 'get pod bad'),
    quietUntil(/CrashLoopBackOff/, 'get pod crash'),
    quietUntil(/ImagePullBackOff/, 'get pod stranger'),
    quietUntil(/ErrImageNeverPull/, 'get pod never'),
    quietUntil(/InvalidImageName/, 'get pod misspelt'),
    quietUntil(/CreateContainerConfigError/, 'get pod hungry'),
    quietUntil(/CreateContainerConfigError/, 'get pod keyless'),
    quietUntil(/FailedMount/, 'describe pod unmounted'),
    quietUntil(/Init:Error/, 'get pod stuck'),
    quietUntil(/Unhealthy/, 'describe pod unready'),
    quietUntil(/Killing/, 'describe pod unlively'),
    ready('staged'),
    until(/ImagePullBackOff/, 'get pod stranger'),
    'get pods good bad never misspelt hungry keyless unmounted staged stuck unready homeless greedy',
    'describe pod good',
    'describe pod bad',
    'describe pod staged',
    'describe pod homeless',
    'describe pod greedy',
    'get pod stuck -o jsonpath={.status.initContainerStatuses[0].state.terminated.exitCode}/{.status.phase}',
    'get pod crash -o jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}/{.status.containerStatuses[0].lastState.terminated.reason}',
    until(/^Back-off/, 'get pod stranger -o jsonpath={.status.containerStatuses[0].state.waiting.message}'),
    'get pod never -o jsonpath={.status.containerStatuses[0].state.waiting.message}',
    'get pod misspelt -o jsonpath={.status.containerStatuses[0].state.waiting.message}',
    'get pod hungry -o jsonpath={.status.containerStatuses[0].state.waiting.message}',
    'get pod keyless -o jsonpath={.status.containerStatuses[0].state.waiting.message}',
    until(
      /CrashLoopBackOff/,
      'get pod no-program -o jsonpath={.status.containerStatuses[0].lastState.terminated.reason}/{.status.containerStatuses[0].lastState.terminated.exitCode}/{.status.containerStatuses[0].state.waiting.reason}',
    ),
    'get events --field-selector=involvedObject.name=unready,reason=Unhealthy -o custom-columns=TYPE:.type,MESSAGE:.message',
    'get events --field-selector=involvedObject.name=unlively,reason=Killing -o custom-columns=TYPE:.type,MESSAGE:.message --no-headers',
    'get events --field-selector=involvedObject.name=unmounted,reason=FailedMount -o custom-columns=TYPE:.type,MESSAGE:.message --no-headers',
    'get events --field-selector=involvedObject.name=homeless -o custom-columns=TYPE:.type,REASON:.reason,FROM:.source.component --no-headers',
    'logs good',
    'logs bad',
    until(/dying/, 'logs crash --previous'),
    'logs good --previous',
    until(/trying and failing/, 'logs stranger'),
    'logs hungry',
    'logs homeless',
    'logs staged',
    'logs staged -c first',
    'logs staged -c nosuch',
    { command: 'logs staged --all-containers --prefix', sorted: true },
    'exec good -- true',
    'exec stranger -- true',
    'exec homeless -- true',
    'exec staged -c side -- hostname',
    'exec staged -- hostname',
    quiet('create configmap late --from-literal=sky=blue'),
    quiet('wait --for=condition=Ready pod/hungry pod/unmounted --timeout=150s'),
    'exec hungry -- printenv sky',
    'exec unmounted -- cat /v/sky',
    `patch pod good -p '{"spec":{"containers":[{"name":"main","image":"nginx"}]}}'`,
    `patch pod good -p '{"spec":{"restartPolicy":"Always"}}'`,
    `patch pod staged -p '{"spec":{"activeDeadlineSeconds":1}}'`,
    until(/DeadlineExceeded|Error/, 'get pod staged'),
    'wait --for=delete pod/nosuch --timeout=1s',
    "wait --for=jsonpath='{.status.phase}'=Succeeded pod/good --timeout=1s",
    "wait --for=jsonpath='{.status.phase}'=Running pod/good --timeout=1s",
    'wait --for=condition=Nonsense pod/good --timeout=1s',
    'delete pod good bad',
    'delete pod stuck --force',
    'delete pod unready --now',
  ],
};
