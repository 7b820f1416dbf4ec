import {
  given,
  podAddresses,
  quiet,
  ready,
  serviceAddresses,
  until,
  type Scenario,
} from '../suite/scenario.ts';
import { client, curl, failing, reachable, server, service, sh } from './pods.ts';

const hostnames = (from: string, service: string): string =>
  sh(from, `for i in $(seq 24); do curl -s -m 2 ${service}/hostname; echo; done | sort -u`);

export const trafficPolicy: Scenario = {
  name: 'traffic-policy',
  title: 'internalTrafficPolicy, topology hints and what a Service without a pod on the node does',
  steps: [
    given(
      server('one', { node: '<worker>', labels: { app: 'web', only: 'one' } }) +
        server('two', { node: '<worker2>', labels: { app: 'web' } }) +
        client('near', { node: '<worker>' }) +
        client('far', { node: '<worker2>' }) +
        service('all', 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]') +
        service(
          'inside',
          'internalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]',
        ) +
        service(
          'one-inside',
          'internalTrafficPolicy: Local, selector: {only: one}, ports: [{port: 80, targetPort: 8080}]',
        ) +
        service(
          'outside',
          'type: NodePort, externalTrafficPolicy: Local, selector: {only: one}, ports: [{port: 80, targetPort: 8080}]',
        ),
    ),
    ready('one', 'two', 'near', 'far'),
    ...podAddresses('one', 'two', 'near', 'far'),
    ...serviceAddresses('all', 'inside', 'one-inside', 'outside'),
    'get service all inside one-inside outside -o custom-columns=NAME:.metadata.name,IN:.spec.internalTrafficPolicy,OUT:.spec.externalTrafficPolicy,PORT:.spec.ports[0].nodePort',
    ...['all', 'inside', 'one-inside', 'outside'].map((name) => reachable('near', name)),
    ...['all', 'inside', 'outside'].map((name) => reachable('far', name)),
    hostnames('near', 'all'),
    hostnames('near', 'inside'),
    hostnames('far', 'inside'),
    hostnames('near', 'one-inside'),
    curl('near', 'one-inside/clientip'),
    // No pod of it on this node, while others have some: silence, not refusal.
    failing('far', 'one-inside', 28),
    curl('far', 'one-inside/hostname'),
    hostnames('far', 'outside'),
    curl('far', 'outside/clientip'),
    'describe service inside',
    until(/<one-ip>/, 'describe endpoints inside'),
    {
      command:
        'get endpointslices -l kubernetes.io/service-name=inside -o \'jsonpath={range .items[0].endpoints[*]}{.nodeName}{"\\n"}{end}\'',
      sorted: true,
    },
    `patch service one-inside -p '{"spec":{"internalTrafficPolicy":"Cluster"}}'`,
    reachable('far', 'one-inside'),
    curl('far', 'one-inside/hostname'),
    quiet('delete pod one --now'),
    failing('near', 'one-inside', 7),
    curl('near', 'one-inside/hostname'),
    failing('near', 'inside', 28),
    curl('near', 'inside/hostname'),
    hostnames('far', 'inside'),
    hostnames('near', 'all'),
  ],
};
