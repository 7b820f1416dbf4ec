import { given, podAddresses, ready, serviceAddresses, type Scenario } from '../suite/scenario.ts';
import { client, curl, reachable, server, service, sh } from './pods.ts';

/** Sends a line by UDP and prints what comes back, or `silent`. */
const udp = (from: string, host: string, port: number | string, line = 'hostname'): string =>
  sh(from, `echo ${line} | timeout 3 nc -u -w 1 ${host} ${port} | grep . || echo silent`);
const tcp = (from: string, host: string, port: number | string): string =>
  sh(from, `nc -z -w 2 ${host} ${port} && echo open || echo closed`);

export const udpAndHostNetwork: Scenario = {
  name: 'udp-and-host-network',
  title: 'Datagrams, and pods that live on their node’s network',
  alone: true,
  steps: [
    given(
      service(
        'udp',
        'selector: {app: web}, ports: [{name: udp, protocol: UDP, port: 90, targetPort: 8080}, {name: tcp, port: 90, targetPort: 8080}]',
      ) +
        service(
          'udp-node',
          'type: NodePort, selector: {app: web}, ports: [{protocol: UDP, port: 90, targetPort: 8080, nodePort: 30190}]',
        ) +
        service('host-svc', 'selector: {app: host}, ports: [{port: 80, targetPort: 18080}]') +
        service('nobody', 'selector: {app: nobody}, ports: [{protocol: UDP, port: 90}]') +
        server('web', { node: '<worker>', labels: { app: 'web' } }) +
        server('host', { node: '<worker2>', hostNetwork: true, port: 18080, labels: { app: 'host' } }) +
        client('near', { node: '<worker>' }) +
        client('far', { node: '<worker2>' }) +
        client('host-near', { node: '<worker>', hostNetwork: true }),
    ),
    ready('web', 'host', 'near', 'far', 'host-near'),
    ...podAddresses('web', 'near', 'far'),
    ...serviceAddresses('udp', 'udp-node', 'host-svc'),
    'get pods -o wide',
    'get service udp udp-node',
    'get endpoints udp host-svc',
    reachable('near', 'udp:90'),
    reachable('far', 'udp:90'),
    reachable('near', 'host-svc'),
    udp('near', '<web-ip>', 8080),
    udp('near', 'udp', 90),
    udp('far', 'udp', 90),
    udp('far', 'udp', 90, 'clientip'),
    udp('near', 'udp', 90, 'clientip'),
    udp('host-near', '<udp-ip>', 90, 'clientip'),
    udp('near', 'udp', 90, 'echo hello'),
    udp('far', '<worker-ip>', 30190),
    udp('far', '<worker2-ip>', 30190, 'clientip'),
    udp('far', '<control-plane-ip>', 30190, 'clientip'),
    udp('host-near', '127.0.0.1', 30190),
    udp('near', 'udp', 91),
    udp('near', 'nobody', 90),
    udp('near', '<web-ip>', 9),
    tcp('near', 'udp', 90),
    tcp('near', 'udp', 91),
    tcp('near', '<web-ip>', 9),
    tcp('far', '<worker-ip>', 30190),
    curl('near', 'host-svc/hostname'),
    curl('near', 'host-svc/clientip'),
    curl('far', 'host-svc/clientip'),
    curl('host', 'host-svc/clientip'),
    curl('near', '<worker2-ip>:18080/hostname'),
    curl('near', '<worker2-ip>:18080/clientip'),
    curl('far', '<worker2-ip>:18080/clientip'),
    curl('host-near', '<worker2-ip>:18080/clientip'),
    curl('near', '<worker-ip>:18080/hostname'),
    curl('host', 'localhost:18080/clientip'),
    curl('host', '<web-ip>:8080/clientip'),
    'exec host -- hostname',
    'exec host -- sh -c \'hostname -i | tr " " "\\n" | head -n 1\'',
    'exec near -- hostname -i',
    sh('host', 'grep nameserver /etc/resolv.conf'),
    curl('near', '<far-ip>:8080/hostname'),
    curl('near', '10.96.0.1/healthz', '-k -o /dev/null'),
    'exec near -- curl -s -k -m 2 https://kubernetes.default/api -o /dev/null -w %{http_code}',
    'exec near -- curl -s -k -m 2 https://<control-plane-ip>:6443/healthz',
  ],
};
