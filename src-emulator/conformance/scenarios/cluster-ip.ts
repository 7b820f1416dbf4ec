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

export const clusterIp: Scenario = {
  name: 'cluster-ip',
  title: 'Who reaches a ClusterIP, and with which source address',
  steps: [
    given(
      service('web-svc', 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]') +
        server('web', { node: '<worker>', labels: { app: 'web' } }) +
        client('near', { node: '<worker>' }) +
        client('far', { node: '<worker2>' }) +
        client('host-near', { node: '<worker>', hostNetwork: true }) +
        client('host-far', { node: '<worker2>', hostNetwork: true }),
    ),
    ready('web', 'near', 'far', 'host-near', 'host-far'),
    ...podAddresses('web', 'near', 'far'),
    ...serviceAddresses('web-svc'),
    'get pods -o wide',
    'get service web-svc -o wide',
    until(/<web-ip>/, 'get endpoints web-svc'),
    reachable('near', 'web-svc'),
    reachable('far', 'web-svc'),
    curl('near', 'web-svc/hostname'),
    curl('near', 'web-svc/clientip'),
    curl('far', 'web-svc/clientip'),
    curl('near', 'web-svc.<namespace>/clientip'),
    curl('near', 'web-svc.<namespace>.svc.cluster.local/clientip'),
    curl('near', '<web-svc-ip>/clientip'),
    curl('far', '<web-svc-ip>:80/clientip'),
    curl('near', '<web-ip>:8080/clientip'),
    curl('far', '<web-ip>:8080/clientip'),
    curl('host-near', '<web-svc-ip>/clientip'),
    curl('host-far', '<web-svc-ip>/clientip'),
    curl('host-near', '<web-ip>:8080/clientip'),
    curl('host-far', '<web-ip>:8080/clientip'),
    curl('host-near', 'web-svc.<namespace>.svc.cluster.local/hostname'),
    // Hairpin: the pod behind the Service asks the Service.
    curl('web', 'web-svc/clientip'),
    curl('web', '<web-ip>:8080/clientip'),
    curl('web', 'localhost:8080/clientip'),
    // A port that the Service does not have is not its concern; one that the pod does not listen on is refused.
    curl('near', '<web-svc-ip>:8080/hostname'),
    curl('near', '<web-ip>:80/hostname'),
    curl('far', '<web-ip>:9/hostname'),
    sh('near', 'ping -c 1 -W 1 <web-ip> > /dev/null && echo answered'),
    sh('host-far', 'ping -c 1 -W 1 <web-ip> > /dev/null && echo answered'),
    sh('near', 'ping -c 1 -W 1 <worker2-ip> > /dev/null && echo answered'),
    sh('near', 'ping -c 1 -W 1 <web-svc-ip> > /dev/null || echo silent'),
    sh('near', 'printenv | grep ^WEB_SVC | sort'),
    quiet('delete pod web --now'),
    until(/<none>/, 'get endpoints web-svc'),
    failing('near', 'web-svc', 7),
    failing('far', 'web-svc', 7),
    curl('near', '<web-svc-ip>/hostname'),
    curl('far', '<web-svc-ip>/hostname'),
    'describe service web-svc',
  ],
};
