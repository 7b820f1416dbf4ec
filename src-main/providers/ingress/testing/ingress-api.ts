import type { IngressPath, Ingress } from '../../../kube/ingress-objects.ts';
import type { PrecedenceInput } from '../precedence.ts';
import { leaf } from './traefik-model.ts';

/**
 * What the Ingress API says about a request, for tests, written from
 * https://kubernetes.io/docs/concepts/services-networking/ingress/ and not from the code under test.
 */
export function expectedAnswer({ ingresses, services }: PrecedenceInput, host: string, path: string): string {
  const oldestFirst = [...ingresses].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''),
  );
  const answer = (ingress: Ingress, backend: IngressPath['backend'] | undefined): string => {
    if (backend === undefined) return '404';
    const service = services.find(
      ({ metadata }) =>
        metadata.namespace === ingress.metadata.namespace && metadata.name === backend.service?.name,
    );
    const port = service?.spec.ports?.some(
      ({ port, name }) => port === backend.service?.port?.number || name === backend.service?.port?.name,
    );
    return port === true ? leaf(ingress, backend) : '503';
  };

  const matching = oldestFirst.flatMap((ingress) =>
    (ingress.spec.rules ?? []).flatMap((rule) => {
      const precision = hostPrecision(rule.host, host);
      if (precision === undefined) return [];
      if (rule.http === undefined)
        return ingress.spec.defaultBackend === undefined
          ? []
          : [{ rank: [precision, 0, 0, 0], answer: answer(ingress, ingress.spec.defaultBackend) }];
      return rule.http.paths
        .filter((candidate) => pathMatches(candidate, path))
        .map((candidate) => ({
          rank: [
            precision,
            elements(candidate.path ?? '/').length,
            candidate.pathType === 'Exact' ? 1 : 0,
            candidate.path?.length ?? 0,
          ],
          answer: answer(ingress, candidate.backend),
        }));
    }),
  );
  let best: (typeof matching)[number] | undefined;
  for (const candidate of matching)
    if (best === undefined || ranksAbove(candidate.rank, best.rank)) best = candidate;
  if (best !== undefined) return best.answer;

  const withDefault = oldestFirst.filter(({ spec }) => spec.defaultBackend !== undefined);
  const ofHost = [2, 1]
    .map((precision) =>
      withDefault.find(({ spec }) =>
        spec.rules?.some((rule) => hostPrecision(rule.host, host) === precision),
      ),
    )
    .find((found) => found !== undefined);
  const last = ofHost ?? withDefault.find(({ spec }) => spec.rules === undefined) ?? withDefault[0];
  return last === undefined ? '404' : answer(last, last.spec.defaultBackend);
}

function hostPrecision(pattern: string | undefined, host: string): number | undefined {
  if (pattern === undefined) return 0;
  if (pattern === host) return 2;
  const [, ...rest] = host.split('.');
  return pattern === ['*', ...rest].join('.') ? 1 : undefined;
}

function pathMatches({ path: pattern = '/', pathType }: IngressPath, path: string): boolean {
  if (pathType === 'Exact') return path === pattern;
  const wanted = elements(pattern);
  return wanted.every((element, index) => elements(path)[index] === element);
}

/** A slash at the end says nothing. */
function elements(path: string): string[] {
  return path.split('/').filter((element) => element !== '');
}

function ranksAbove(a: readonly number[], b: readonly number[]): boolean {
  const different = a.findIndex((value, index) => value !== b[index]);
  return different !== -1 && (a[different] ?? 0) > (b[different] ?? 0);
}
