import {
  given,
  podAddresses,
  quiet,
  ready,
  serviceAddresses,
  until,
  type Scenario,
  type Step,
} from '../suite/scenario.ts';
import { client, server, service, sh } from './pods.ts';

const dig = (question: string): string => `exec ask -- dig +short ${question}`;
/** The same for an answer of several records, which come in no certain order. */
const digAll = (question: string): Step => ({ command: dig(question), sorted: true });
/** What kind of answer it is, without the times that it may be kept. */
const status = (question: string): string =>
  sh('ask', `dig ${question} | grep -oE "status: [A-Z]+|flags: [a-z ]+;|ANSWER: [0-9]+"`);

export const dns: Scenario = {
  name: 'dns',
  title: 'Names of Services and pods, as the DNS server of the cluster answers them',
  steps: [
    given(
      server('one', { node: '<worker>', labels: { app: 'web' }, spec: 'hostname: first, subdomain: crew' }) +
        server('two', {
          node: '<worker2>',
          labels: { app: 'web' },
          spec: 'hostname: second, subdomain: crew',
        }) +
        client('ask') +
        service(
          'web',
          'selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}, {name: dns, port: 53, protocol: UDP}]',
        ) +
        service('crew', 'clusterIP: None, selector: {app: web}, ports: [{name: http, port: 8080}]') +
        service('nobody', 'clusterIP: None, selector: {app: nobody}, ports: [{port: 80}]') +
        service('bare', 'clusterIP: None, selector: {app: web}') +
        service('away', 'type: ExternalName, externalName: web.<namespace>.svc.cluster.local') +
        service('abroad', 'type: ExternalName, externalName: nowhere.invalid'),
    ),
    ready('one', 'two', 'ask'),
    ...podAddresses('one', 'two', 'ask'),
    ...serviceAddresses('web'),
    until(/<one-ip>[^]*<two-ip>|<two-ip>[^]*<one-ip>/, 'get endpoints crew'),
    quiet(
      sh(
        'ask',
        'for i in $(seq 100); do [ $(dig +short crew.<namespace>.svc.cluster.local | wc -l) = 2 ] && exit 0; sleep 0.3; done; exit 1',
      ),
    ),
    'exec ask -- cat /etc/resolv.conf',
    dig('web.<namespace>.svc.cluster.local'),
    dig('web'),
    dig('+search web'),
    dig('+search web.<namespace>'),
    dig('+search web.<namespace>.svc'),
    dig('web.<namespace>.svc.cluster.local.'),
    dig('WEB.<namespace>.SVC.cluster.LOCAL'),
    dig('+search kubernetes.default'),
    dig('+search kube-dns.kube-system'),
    status('web.<namespace>.svc.cluster.local'),
    status('web.<namespace>.svc.cluster.local AAAA'),
    status('web.<namespace>.svc.cluster.local MX'),
    status('nosuch.<namespace>.svc.cluster.local'),
    status('web.nosuch.svc.cluster.local'),
    status('<namespace>.svc.cluster.local'),
    status('nosuch.svc.cluster.local'),
    status('svc.cluster.local'),
    status('cluster.local'),
    status('cluster.local SOA'),
    status('nowhere.invalid'),
    dig('_http._tcp.web.<namespace>.svc.cluster.local SRV'),
    dig('_dns._udp.web.<namespace>.svc.cluster.local SRV'),
    status('_ftp._tcp.web.<namespace>.svc.cluster.local SRV'),
    digAll('_http._tcp.crew.<namespace>.svc.cluster.local SRV'),
    digAll('crew.<namespace>.svc.cluster.local'),
    digAll('bare.<namespace>.svc.cluster.local'),
    dig('first.crew.<namespace>.svc.cluster.local'),
    dig('second.crew.<namespace>.svc.cluster.local'),
    status('third.crew.<namespace>.svc.cluster.local'),
    status('nobody.<namespace>.svc.cluster.local'),
    'exec one -- hostname -f',
    'exec one -- hostname',
    "exec one -- sh -c 'tail -n 1 /etc/hosts'",
    dig('<one-ip-dashed>.<namespace>.pod.cluster.local'),
    dig('10-0-0-1.<namespace>.pod.cluster.local'),
    status('not-an-address.<namespace>.pod.cluster.local'),
    dig('-x <web-ip>'),
    digAll('-x <one-ip>'),
    status('-x <ask-ip>'),
    status('-x 10.96.77.78'),
    dig('away.<namespace>.svc.cluster.local'),
    dig('away.<namespace>.svc.cluster.local CNAME'),
    dig('abroad.<namespace>.svc.cluster.local CNAME'),
    status('abroad.<namespace>.svc.cluster.local'),
    'exec ask -- curl -s -m 2 away/hostname -o /dev/null -w %{http_code}',
    'exec ask -- curl -s -m 5 nosuch.<namespace>.svc.cluster.local.',
    'exec ask -- curl -s -m 5 nobody.<namespace>.svc.cluster.local.',
    'exec ask -- getent hosts web',
    'exec ask -- getent hosts nosuch.<namespace>.svc.cluster.local.',
    dig('+tcp web.<namespace>.svc.cluster.local'),
    dig('@10.96.0.10 web.<namespace>.svc.cluster.local'),
    sh('ask', 'dig +short +time=1 +tries=1 @<one-ip> web > /dev/null; echo $?'),
    'get service away abroad',
    'describe service away',
    quiet('delete service web'),
    quiet(
      sh(
        'ask',
        'for i in $(seq 100); do dig web.<namespace>.svc.cluster.local | grep -q NXDOMAIN && exit 0; sleep 0.3; done; exit 1',
      ),
    ),
    status('web.<namespace>.svc.cluster.local'),
    status('away.<namespace>.svc.cluster.local'),
  ],
};
