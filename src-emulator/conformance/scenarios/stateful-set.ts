import { apply, given, quiet, quietUntil, ready, until, type Scenario } from '../suite/scenario.ts';
import { client, curl, service, sh, workload } from './pods.ts';

export const statefulSet: Scenario = {
  name: 'stateful-set',
  title: 'A StatefulSet: names, order, DNS, rolling update',
  steps: [
    given(
      service('db', 'clusterIP: None, selector: {app: db}, ports: [{name: http, port: 8080}]') +
        client('ask'),
    ),
    apply(
      'new',
      workload('StatefulSet', 'db', 'args: [netexec], ports: [{name: http, containerPort: 8080}]', {
        spec: 'serviceName: db',
      }),
    ),
    quiet('rollout status statefulset/db --timeout=90s'),
    ready('ask'),
    'get statefulset',
    'get statefulset -o wide',
    'get statefulset db -o yaml',
    'get pods -l app=db -o name',
    'get pods -l app=db --show-labels',
    'describe statefulset db',
    'rollout history statefulset/db',
    sh(
      'ask',
      'for i in $(seq 60); do [ $(dig +short db.<namespace>.svc.cluster.local | wc -l) = 2 ] && break; sleep 0.5; done; curl -s -m 3 db-0.db:8080/hostname; echo; curl -s -m 3 db-1.db:8080/hostname',
    ),
    'exec db-0 -- hostname',
    curl('ask', 'db-0.db.<namespace>.svc.cluster.local:8080/hostname'),
    'get controllerrevisions',
    'scale statefulset db --replicas=3',
    quiet('rollout status statefulset/db --timeout=90s'),
    'get pods -l app=db -o name',
    'scale statefulset db --replicas=1',
    until(/^pod\/db-0$/, 'get pods -l app=db -o name'),
    quiet('delete pod db-0 --now --wait=false'),
    quiet('wait --for=condition=Ready pod/db-0 --timeout=60s'),
    'get pods -l app=db -o name',
    'set env statefulset/db COLOUR=blue',
    quiet('rollout status statefulset/db --timeout=90s'),
    'rollout status statefulset/db',
    'rollout history statefulset/db',
    'rollout undo statefulset/db',
    quiet('rollout status statefulset/db --timeout=90s'),
    `patch statefulset db -p '{"spec":{"serviceName":"other"}}'`,
    `patch statefulset db -p '{"spec":{"selector":{"matchLabels":{"app":"other"}}}}'`,
    'get events --field-selector=involvedObject.name=db,reason=SuccessfulCreate -o custom-columns=REASON:.reason,MESSAGE:.message',
    'delete statefulset db --cascade=orphan',
    'get pods -l app=db -o name',
    'delete pod -l app=db --now',
    quietUntil(/No resources/, 'get pods -l app=db'),
  ],
};
