import { apply, given, podAddresses, ready, type Scenario } from '../suite/scenario.ts';
import { client, reachable, server, service, sh } from './pods.ts';

/** How many of the pods answer in a row of requests. */
const answering = (from: string, name: string): string =>
  sh(from, `for i in $(seq 30); do curl -s -m 2 ${name}/hostname; echo; done | sort -u | wc -l | tr -d " "`);

export const sessionAffinity: Scenario = {
  name: 'session-affinity',
  title: 'A client that stays with its pod',
  steps: [
    given(
      [1, 2, 3].map((number) => server(`web-${number}`, { labels: { app: 'web' } })).join('') +
        client('near', { node: '<worker>' }) +
        client('far', { node: '<worker2>' }) +
        service(
          'sticky',
          'sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]',
        ) +
        service(
          'short',
          'sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 1}}, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]',
        ) +
        service('free', 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]'),
    ),
    ready('web-1', 'web-2', 'web-3', 'near', 'far'),
    ...podAddresses('web-1', 'web-2', 'web-3'),
    ...['sticky', 'short', 'free'].flatMap((name) => [reachable('near', name), reachable('far', name)]),
    answering('near', 'free'),
    answering('near', 'sticky'),
    answering('far', 'sticky'),
    answering('near', 'short'),
    // The time is counted from the last request: after a longer pause, the client is a new one.
    sh(
      'near',
      '[ $(for i in 1 2 3 4 5 6 7; do curl -s -m 2 short/hostname; echo; sleep 2; done | sort -u | wc -l) -gt 1 ] && echo another',
    ),
    'get service sticky -o jsonpath={.spec.sessionAffinity}/{.spec.sessionAffinityConfig.clientIP.timeoutSeconds}',
    'get service short -o jsonpath={.spec.sessionAffinity}/{.spec.sessionAffinityConfig.clientIP.timeoutSeconds}',
    'get service free -o jsonpath={.spec.sessionAffinity}/{.spec.sessionAffinityConfig}',
    'describe service free',
    `patch service sticky -p '{"spec":{"sessionAffinity":"None"}}'`,
    'get service sticky -o jsonpath={.spec.sessionAffinity}/{.spec.sessionAffinityConfig}',
    sh(
      'near',
      'for n in $(seq 20); do [ $(for i in $(seq 30); do curl -s -m 2 sticky/hostname; echo; done | sort -u | wc -l) = 3 ] && break; sleep 0.3; done; echo free',
    ),
    apply(
      'free again',
      service('short', 'sessionAffinity: None, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]'),
    ),
    'get service short -o jsonpath={.spec.sessionAffinity}/{.spec.sessionAffinityConfig}',
  ],
};
