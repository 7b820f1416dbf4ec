/** A request that a learner makes by hand: `GET`, `/api/v1/…`, and what they send. */
export interface Attempt {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
}

/** What a learner may try on the namespace of somebody else. */
export function onOthers(namespace: string): Attempt[] {
  const core = `/api/v1/namespaces/${namespace}`;
  return [
    { method: 'GET', path: core },
    { method: 'GET', path: `${core}/pods` },
    { method: 'GET', path: `${core}/secrets` },
    { method: 'GET', path: `${core}/pods/client/log` },
    { method: 'POST', path: `${core}/pods/client/exec?command=true&stdout=true` },
    { method: 'DELETE', path: `${core}/services/web` },
    { method: 'DELETE', path: `${core}/pods` },
    { method: 'PATCH', path: `${core}/services/web`, body: { spec: { selector: null } } },
    { method: 'POST', path: `${core}/configmaps`, body: { metadata: { name: 'here-i-was' } } },
    { method: 'DELETE', path: core },
    { method: 'DELETE', path: `/apis/apps/v1/namespaces/${namespace}/deployments/web` },
  ];
}

/** What a learner may try on what holds them, to have more than they were given. */
export function onPrepared(learner: string, workshop: string): Attempt[] {
  const namespace = `${learner}-shop`;
  const core = `/api/v1/namespaces/${namespace}`;
  const home = `/api/v1/namespaces/switchyard-${workshop}`;
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const own = 'switchyard-learner';
  const subjects = [{ kind: 'ServiceAccount', name: learner, namespace: `switchyard-${workshop}` }];
  const admin = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
  return [
    { method: 'GET', path: '/api/v1/namespaces' },
    { method: 'GET', path: '/api/v1/nodes' },
    { method: 'GET', path: '/api/v1/secrets' },
    { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'mine' } } },
    { method: 'DELETE', path: core },
    { method: 'PATCH', path: core, body: { metadata: { labels: { mine: 'yes' } } } },
    { method: 'PATCH', path: `${core}/resourcequotas/${own}`, body: { spec: { hard: { pods: '999' } } } },
    { method: 'DELETE', path: `${core}/resourcequotas/${own}` },
    { method: 'DELETE', path: `${core}/limitranges/${own}` },
    { method: 'DELETE', path: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/${own}` },
    { method: 'DELETE', path: `${rbac}/namespaces/${namespace}/rolebindings/${own}` },
    { method: 'PATCH', path: `${rbac}/namespaces/${namespace}/roles/${own}`, body: { rules: [] } },
    {
      method: 'POST',
      path: `${rbac}/namespaces/${namespace}/rolebindings`,
      body: { metadata: { name: 'more' }, roleRef: admin, subjects },
    },
    {
      method: 'POST',
      path: `${rbac}/clusterrolebindings`,
      body: { metadata: { name: 'more' }, roleRef: admin, subjects },
    },
    { method: 'DELETE', path: `${home}/serviceaccounts/${learner}` },
    { method: 'POST', path: `${home}/serviceaccounts/${learner}/token`, body: { spec: {} } },
    { method: 'POST', path: `${core}/serviceaccounts/default/token`, body: { spec: {} } },
  ];
}
