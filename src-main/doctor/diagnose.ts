import type { Diagnosis } from './diagnosis.ts';
import { endpointsMissing, unknownPortName } from './hops/endpoints.ts';
import { isAlias, missingService } from './hops/exists.ts';
import { missingPort } from './hops/port.ts';
import { podsNotReady } from './hops/readiness.ts';
import { missingSelector, selectsNothing } from './hops/selector.ts';
import { endpointsOf, selectedPods, servicePortOf, type ServiceState } from './service-state.ts';
import { isPodReady } from '#main/kube/objects.ts';

/**
 * Walks the path of a request behind a Service's name by its objects alone, from the name to the pods, and gives the
 * first thing that stops it: what checks and the track say of a request that did not arrive. The doctor asks further.
 * Undefined when nothing in the objects explains it.
 * @param port the port that the client dials; undefined to take the Service's first
 */
export function diagnoseService(state: ServiceState, port?: number): Diagnosis | undefined {
  const { service } = state;
  if (service === undefined) return missingService(state);
  if (service.spec.type === 'ExternalName') return isAlias(state);
  const servicePort = servicePortOf(state, port);
  // A headless Service has no proxy in front: clients dial the pods' own ports.
  if (servicePort === undefined && service.spec.clusterIP !== 'None')
    return missingPort(state, service, port);
  const { selector } = service.spec;
  if (endpointsOf(state, servicePort).some((endpoint) => endpoint.ready && endpoint.port !== undefined))
    return undefined;
  if (selector === undefined || Object.keys(selector).length === 0) return missingSelector(state.name);
  const matching = selectedPods(state);
  if (matching.length === 0) return selectsNothing(state, selector);
  const ready = matching.filter(isPodReady);
  if (ready.length === 0) return podsNotReady(selector, matching);
  return unknownPortName(servicePort) ?? endpointsMissing(state.name, ready);
}
