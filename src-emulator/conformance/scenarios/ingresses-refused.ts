import { refusal, type Scenario, type Step } from '../suite/scenario.ts';

const networking =
  (kind: string) =>
  (about: string, spec: string): Step =>
    refusal(
      `${kind}: ${about}`,
      `apiVersion: networking.k8s.io/v1\nkind: ${kind}\nmetadata: {name: i}\nspec: {${spec}}\n`,
    );
const ingress = networking('Ingress');
const policy = networking('NetworkPolicy');
const BACKEND = 'backend: {service: {name: web, port: {number: 80}}}';
const path = (about: string, fields: string): Step =>
  ingress(about, `rules: [{http: {paths: [{${fields}}]}}]`);
const backend = (about: string, fields: string): Step =>
  path(about, `path: /, pathType: Prefix, backend: {${fields}}`);

export const ingressesRefused: Scenario = {
  name: 'ingresses-refused',
  title: 'What is said about Ingresses and NetworkPolicies that cannot be',
  steps: [
    ingress('nothing', ''),
    ingress('no paths', 'rules: [{http: {paths: []}}]'),
    ingress('no http', 'rules: [{host: example.com}]'),
    path('no pathType', `path: /, ${BACKEND}`),
    path('unknown pathType', `path: /, pathType: Regex, ${BACKEND}`),
    path('no path', `pathType: Prefix, ${BACKEND}`),
    path('a path that is not absolute', `path: web, pathType: Prefix, ${BACKEND}`),
    path('a path with two slashes', `path: /a//b, pathType: Exact, ${BACKEND}`),
    path('a path that goes up', `path: /a/../b, pathType: Prefix, ${BACKEND}`),
    path('a path with an encoded slash', `path: /a%2fb, pathType: Prefix, ${BACKEND}`),
    path('a path that is a pattern', `path: '/a.*', pathType: ImplementationSpecific, ${BACKEND}`),
    path('no backend', 'path: /, pathType: Prefix'),
    backend('empty', ''),
    backend('no port', 'service: {name: web}'),
    backend('port 0', 'service: {name: web, port: {number: 0}}'),
    backend('a port that is too high', 'service: {name: web, port: {number: 70000}}'),
    backend('a port with name and number', 'service: {name: web, port: {name: http, number: 80}}'),
    backend('a bad port name', 'service: {name: web, port: {name: My_Port}}'),
    backend('a port as a number', 'service: {name: web, port: 80}'),
    backend('no name', 'service: {port: {number: 80}}'),
    backend('a bad name', 'service: {name: My_Web, port: {number: 80}}'),
    backend(
      'a service and a resource',
      'service: {name: web, port: {number: 80}}, resource: {kind: A, name: b}',
    ),
    backend('fields of an older version', 'serviceName: web, servicePort: 80'),
    ingress(
      'a host that is an address',
      `rules: [{host: 10.0.0.1, http: {paths: [{path: /, pathType: Prefix, ${BACKEND}}]}}]`,
    ),
    ingress(
      'a host with a port',
      `rules: [{host: 'example.com:80', http: {paths: [{path: /, pathType: Prefix, ${BACKEND}}]}}]`,
    ),
    ingress(
      'a host with capitals',
      `rules: [{host: Example.com, http: {paths: [{path: /, pathType: Prefix, ${BACKEND}}]}}]`,
    ),
    ingress(
      'a wildcard in the middle',
      `rules: [{host: a.*.com, http: {paths: [{path: /, pathType: Prefix, ${BACKEND}}]}}]`,
    ),
    ingress('a default backend without a port', 'defaultBackend: {service: {name: web}}'),
    ingress(
      'TLS with a bad host',
      "tls: [{hosts: ['*'], secretName: a}], defaultBackend: {service: {name: web, port: {number: 80}}}",
    ),
    ingress(
      'TLS with a bad Secret',
      'tls: [{hosts: [a.com], secretName: My_Secret}], defaultBackend: {service: {name: web, port: {number: 80}}}',
    ),
    ingress(
      'a bad class',
      'ingressClassName: My_Class, defaultBackend: {service: {name: web, port: {number: 80}}}',
    ),
    refusal(
      'Ingress: a class twice',
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, annotations: {kubernetes.io/ingress.class: a}}\nspec: {ingressClassName: b, defaultBackend: {service: {name: web, port: {number: 80}}}}\n`,
    ),
    refusal(
      'IngressClass: no controller',
      'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: c}\nspec: {}\n',
    ),
    refusal(
      'IngressClass: a bad controller',
      'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: c}\nspec: {controller: nginx}\n',
    ),
    policy('no selector', ''),
    policy('an unknown type', 'podSelector: {}, policyTypes: [Inside]'),
    policy('a peer of nothing', 'podSelector: {}, ingress: [{from: [{}]}]'),
    policy(
      'a peer of pods and addresses',
      'podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]',
    ),
    policy('a bad range', 'podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0}}]}]'),
    policy(
      'an exception outside its range',
      'podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}]',
    ),
    policy('port 0', 'podSelector: {}, ingress: [{ports: [{port: 0}]}]'),
    policy('a port by a bad name', 'podSelector: {}, ingress: [{ports: [{port: My_Port}]}]'),
    policy('an endPort below the port', 'podSelector: {}, ingress: [{ports: [{port: 80, endPort: 79}]}]'),
    policy('an endPort of a name', 'podSelector: {}, ingress: [{ports: [{port: http, endPort: 90}]}]'),
    policy('an unknown protocol', 'podSelector: {}, ingress: [{ports: [{protocol: ICMP}]}]'),
    policy('a bad label', "podSelector: {matchLabels: {'a b': c}}"),
  ],
};
