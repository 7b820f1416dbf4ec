import type { FileConfiguration } from '../file-configuration.ts';
import type { PrecedenceInput } from '../precedence.ts';
import type { Ingress, IngressBackend } from '../../../kube/ingress-objects.ts';

/**
 * Traefik in a few lines, for tests, written from its source and not from the code under test: which routers its
 * provider of Ingresses makes, which one it chooses for a request, and where that leads.
 */

interface Router {
  rule: string;
  priority: number;
  service: string;
}

/** Where each request goes: `shop/web/80`, or a status. Several answers when chance decides. */
export function answersOf(
  input: PrecedenceInput,
  file: FileConfiguration,
  host: string,
  path: string,
): Set<string> {
  const native = nativeConfiguration(input);
  const routers: Router[] = [
    ...native.routers.map((router) => ({ ...router, service: `${router.service}@kubernetes` })),
    ...Object.values(file.http.routers ?? {}).map((router) => ({
      ...router,
      service: router.service.includes('@') ? router.service : `${router.service}@file`,
    })),
  ].filter(({ service }) => serviceExists(service, native, file));
  const matching = routers.filter(({ rule }) => matches(rule, host, path));
  const highest = Math.max(...matching.map(({ priority }) => priority));
  const answers = matching
    .filter(({ priority }) => priority === highest)
    .map(({ service }) => leadsTo(service, native));
  return new Set(answers.length === 0 ? ['404'] : answers);
}

interface Native {
  routers: Router[];
  services: Map<string, string>;
}

function nativeConfiguration({ ingresses, services }: PrecedenceInput): Native {
  const routers = new Map<string, Router>();
  const made = new Map<string, string>();
  const find = (ingress: Ingress, backend: IngressBackend): string | undefined => {
    const wanted = backend.service;
    const found = services.find(
      ({ metadata }) => metadata.namespace === ingress.metadata.namespace && metadata.name === wanted?.name,
    );
    const port = found?.spec.ports?.some(
      ({ port, name }) => port === wanted?.port?.number || name === wanted?.port?.name,
    );
    return port === true ? leaf(ingress, backend) : undefined;
  };
  for (const ingress of ingresses) {
    const { rules = [], defaultBackend } = ingress.spec;
    if (rules.length === 0 && defaultBackend !== undefined && !routers.has('default-router')) {
      const leads = find(ingress, defaultBackend);
      if (leads === undefined) continue;
      made.set('default-backend', leads);
      const priority = -2147483648;
      routers.set('default-router', { rule: 'PathPrefix("/")', priority, service: 'default-backend' });
    }
    const own: { key: string; router: Router }[] = [];
    for (const { host = '', http } of rules)
      for (const { path = '', pathType, backend } of http?.paths ?? []) {
        const leads = find(ingress, backend);
        if (leads === undefined) continue;
        const service = normalize(leads);
        made.set(service, leads);
        const rule = [hostPart(host), pathPart(path, pathType === 'Exact')].filter(Boolean).join(' && ');
        const key = normalize(`${ingress.metadata.namespace ?? ''}-${ingress.metadata.name}-${host}${path}`);
        own.push({ key, router: { rule, priority: rule.length, service } });
      }
    for (const { key, router } of own) {
      const shared = own.filter((other) => other.key === key).length > 1;
      routers.set(shared ? `${key}-hash of ${router.rule}` : key, router);
    }
  }
  return { routers: [...routers.values()].filter(({ rule }) => rule !== ''), services: made };
}

export function leaf(ingress: Ingress, { service }: IngressBackend): string {
  const port = service?.port?.name ?? String(service?.port?.number);
  return `${ingress.metadata.namespace ?? ''}/${service?.name ?? ''}/${port}`;
}

function normalize(name: string): string {
  return name.match(/[a-zA-Z0-9]+/g)?.join('-') ?? '';
}

function hostPart(host: string): string {
  if (!host.startsWith('*.')) return host === '' ? '' : `Host("${host}")`;
  return `HostRegexp("^[a-zA-Z0-9-]+${host.slice(1).replaceAll('.', '\\\\.')}$")`;
}

function pathPart(path: string, exact: boolean): string {
  if (path === '') return '';
  if (exact) return `Path("${path}")`;
  const start = path.replace(/\/$/, '');
  return start === '' ? 'PathPrefix("/")' : `(Path("${start}") || PathPrefix("${start}/"))`;
}

function serviceExists(service: string, native: Native, file: FileConfiguration): boolean {
  const [name = '', provider] = service.split('@');
  return provider === 'kubernetes' ? native.services.has(name) : name in file.http.services;
}

function leadsTo(service: string, native: Native): string {
  const [name = '', provider] = service.split('@');
  if (provider === 'kubernetes') return native.services.get(name) ?? 'nothing';
  return name === 'unavailable' ? '503' : name;
}

/** Evaluates a rule of matchers, `&&`, `||` and parentheses. */
function matches(rule: string, host: string, path: string): boolean {
  const tokens = rule.match(/&&|\|\||[()]|\w+|"(?:[^"\\]|\\.)*"/g) ?? [];
  let at = 0;
  const matcher = (): boolean => {
    if (tokens[at] === '(') {
      at += 1;
      const inner = either();
      at += 1;
      return inner;
    }
    const name = tokens[at] ?? '';
    const argument = JSON.parse(tokens[at + 2] ?? '""') as string;
    at += 4;
    if (name === 'Host') return host === argument;
    if (name === 'HostRegexp') return new RegExp(argument).test(host);
    if (name === 'Path') return path === argument;
    if (name === 'PathPrefix') return path.startsWith(argument);
    throw new Error(`unknown matcher in ${rule}`);
  };
  const both = (): boolean => {
    let result = matcher();
    while (tokens[at] === '&&') {
      at += 1;
      result = matcher() && result;
    }
    return result;
  };
  const either = (): boolean => {
    let result = both();
    while (tokens[at] === '||') {
      at += 1;
      result = both() || result;
    }
    return result;
  };
  return either();
}
