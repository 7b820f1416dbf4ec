import {
  given,
  podAddresses,
  quiet,
  ready,
  serviceAddresses,
  until,
  type Scenario,
} from '../suite/scenario.ts';
import { client, curl, reachable, server, service } from './pods.ts';

export const nodePort: Scenario = {
  name: 'node-port',
  title: 'A NodePort on every node: from pods and from nodes, by either traffic policy',
  alone: true,
  steps: [
    given(
      server('web', { node: '<worker>', labels: { app: 'web' } }) +
        client('near', { node: '<worker>' }) +
        client('far', { node: '<worker2>' }) +
        client('host-near', { node: '<worker>', hostNetwork: true }) +
        client('host-far', { node: '<worker2>', hostNetwork: true }) +
        service(
          'np',
          'type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080, nodePort: 30180}]',
        ) +
        service(
          'local',
          'type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 8080, nodePort: 30181}]',
        ),
    ),
    ready('web', 'near', 'far', 'host-near', 'host-far'),
    ...podAddresses('web', 'near', 'far'),
    ...serviceAddresses('np', 'local'),
    'get service np local',
    'describe service local',
    until(/<web-ip>/, 'get endpoints np local'),
    ...['<control-plane-ip>', '<worker-ip>', '<worker2-ip>'].map((node) => reachable('far', `${node}:30180`)),
    reachable('far', '<worker-ip>:30181'),
    ...['near', 'far', 'host-near', 'host-far'].flatMap((from) => [
      curl(from, '<control-plane-ip>:30180/clientip'),
      curl(from, '<worker-ip>:30180/clientip'),
      curl(from, '<worker2-ip>:30180/clientip'),
    ]),
    curl('host-near', '127.0.0.1:30180/hostname'),
    curl('host-far', 'localhost:30180/hostname'),
    curl('near', 'localhost:30180/hostname'),
    curl('near', '<web-ip>:30180/hostname'),
    curl('near', '<np-ip>:30180/hostname'),
    // The pod behind it asks it.
    curl('web', '<worker-ip>:30180/clientip'),
    curl('web', '<worker2-ip>:30180/clientip'),
    // Local: the source address is kept, and a node without a pod is silent to others than its own.
    ...['far', 'host-far', 'near', 'host-near'].flatMap((from) => [
      curl(from, '<worker-ip>:30181/clientip'),
      curl(from, '<worker2-ip>:30181/clientip'),
    ]),
    curl('far', '<control-plane-ip>:30181/hostname'),
    curl('far', '<local-ip>/clientip'),
    curl('host-far', '<local-ip>/clientip'),
    curl('web', '<worker-ip>:30181/clientip'),
    // What is not a node port is refused by the node itself.
    curl('near', '<worker2-ip>:30199/hostname'),
    `patch service local -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`,
    reachable('far', '<worker2-ip>:30181'),
    curl('far', '<worker2-ip>:30181/clientip'),
    quiet('delete pod web --now'),
    until(/<none>/, 'get endpoints np'),
    quiet(
      "exec far -- sh -c 'for i in $(seq 100); do curl -s -m 1 <worker-ip>:30180; [ $? = 7 ] && exit 0; sleep 0.3; done; exit 1'",
    ),
    curl('far', '<worker-ip>:30180/hostname'),
    curl('host-far', '<worker2-ip>:30180/hostname'),
  ],
};
