import {
  apply,
  given,
  podAddresses,
  quiet,
  quietUntil,
  ready,
  serviceAddresses,
  until,
  type Scenario,
  type Step,
} from '../suite/scenario.ts';
import { client, curl, failing, reachable, server, service, sh } from './pods.ts';

const SLICE = (name: string, address: string): string => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}, labels: {kubernetes.io/service-name: ${name}}}
addressType: IPv4
ports: [{name: http, port: 8080, protocol: TCP}]
endpoints: [{addresses: ['${address}']}]
---`;

/** Whether an endpoint is ready, serving, terminating. */
const CONDITIONS =
  'jsonpath={range .items[*].endpoints[*]}{.targetRef.name}: {.conditions.ready} {.conditions.serving} {.conditions.terminating}{"\\n"}{end}';
const conditions = (service: string, pattern = /./): Step => ({
  command: `get endpointslices -l kubernetes.io/service-name=${service} -o '${CONDITIONS}'`,
  until: pattern,
  sorted: true,
});

export const endpoints: Scenario = {
  name: 'endpoints',
  title: 'Which pods stand behind a Service: ready, not ready, terminating, made by hand',
  steps: [
    given(
      service('web', 'selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]') +
        service(
          'early',
          'publishNotReadyAddresses: true, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]',
        ) +
        service('gone', 'selector: {app: leaving}, ports: [{port: 80, targetPort: 8080}]') +
        service('byhand', 'ports: [{name: http, port: 80, targetPort: 8080}]') +
        service('mirrored', 'ports: [{port: 80, targetPort: 8080}]') +
        service('none', 'selector: {app: none}, ports: [{port: 80}]') +
        server('steady', { node: '<worker>', labels: { app: 'web' } }).replace(
          'containerPort: 8080',
          'name: http, containerPort: 8080',
        ) +
        server('fickle', {
          node: '<worker2>',
          labels: { app: 'web' },
          container: 'lifecycle: {preStop: {exec: {command: [sleep, "1"]}}}',
        })
          .replace('containerPort: 8080', 'name: http, containerPort: 8080')
          .replace(
            'httpGet: {path: /healthz, port: 8080}',
            'exec: {command: [test, "!", -e, /tmp/down]}, failureThreshold: 1',
          ) +
        server('leaving', {
          node: '<worker>',
          labels: { app: 'leaving' },
          container: 'lifecycle: {preStop: {exec: {command: [sleep, "40"]}}}',
        }).replace('terminationGracePeriodSeconds: 1', 'terminationGracePeriodSeconds: 60') +
        client('near', { node: '<worker>' }),
    ),
    ready('steady', 'fickle', 'leaving', 'near'),
    ...podAddresses('steady', 'fickle', 'leaving', 'near'),
    ...serviceAddresses('web', 'byhand', 'none'),
    quietUntil(
      /<steady-ip>.*<fickle-ip>|<fickle-ip>.*<steady-ip>/,
      'get endpoints web -o jsonpath={.subsets[*].addresses[*].ip}',
    ),
    'get endpoints none',
    'get endpoints byhand',
    conditions('web'),
    'describe service web',
    curl('near', 'none/hostname'),
    curl('near', 'byhand/hostname'),
    // A pod that is not ready is taken out, unless the Service publishes it.
    quiet('exec fickle -- touch /tmp/down'),
    quiet('wait --for=condition=Ready=false --timeout=60s pod/fickle'),
    'get pod fickle',
    conditions('web', /fickle: false/),
    conditions('early'),
    'get endpoints web',
    'get endpoints web -o jsonpath={.subsets[*].notReadyAddresses[*].targetRef.name}',
    sh(
      'near',
      'for n in $(seq 30); do [ "$(for i in $(seq 12); do curl -s -m 2 web/hostname; echo; done | sort -u)" = steady ] && break; sleep 0.3; done; echo only steady',
    ),
    sh('near', 'for i in $(seq 30); do curl -s -m 2 early/hostname; echo; done | sort -u'),
    curl('near', '<fickle-ip>:8080/hostname'),
    'describe endpointslices -l kubernetes.io/service-name=gone',
    'label pod steady app-',
    until(/^web +<none>|web +<age>/m, 'get endpoints web'),
    failing('near', 'web', 7),
    curl('near', 'web/hostname'),
    'label pod steady app=web',
    reachable('near', 'web'),
    quiet('exec fickle -- rm /tmp/down'),
    quiet('wait --for=condition=Ready --timeout=60s pod/fickle'),
    conditions('web', /fickle: true/),
    // A pod that terminates while it is the only one still gets what is new.
    quiet('delete pod leaving --wait=false'),
    conditions('gone', /true$/m),
    'get endpoints gone',
    curl('near', 'gone/hostname'),
    quietUntil(/Terminating/, 'get pod leaving'),
    'get pod leaving',
    // By hand: a slice, and an Endpoints object that is mirrored.
    apply('a slice', SLICE('byhand', '<steady-ip>')),
    reachable('near', 'byhand'),
    curl('near', 'byhand/hostname'),
    'describe service byhand',
    apply(
      'endpoints',
      `apiVersion: v1\nkind: Endpoints\nmetadata: {name: mirrored}\nsubsets: [{addresses: [{ip: <fickle-ip>}], ports: [{port: 8080}]}]\n`,
    ),
    reachable('near', 'mirrored'),
    curl('near', 'mirrored/hostname'),
    until(/<fickle-ip>/, 'get endpointslices -l kubernetes.io/service-name=mirrored'),
    'get endpointslices -l kubernetes.io/service-name=mirrored -o jsonpath={.items[*].metadata.labels}',
    'delete service mirrored byhand',
    until(/No resources found/, 'get endpointslices -l kubernetes.io/service-name=mirrored'),
    'get endpointslices -l kubernetes.io/service-name=byhand -o name',
    // An address that is no Service's any more is silent, as soon as the node knows.
    failing('near', '<byhand-ip>', 28),
    curl('near', '<byhand-ip>/hostname'),
  ],
};
