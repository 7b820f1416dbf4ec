import type { Hop } from '#shared/verdict.ts';
import type { MessageKey } from '../locales/index.ts';
import type { Selection } from '../stores/workbench.ts';
import type { Topology } from './topology.ts';

/** What stands at a stop. */
export interface StopFacts {
  readonly title: string;
  readonly name: string;
  readonly subs: readonly string[];
  /** The object that the stop opens. */
  readonly open?: Selection;
}

type Say = (key: MessageKey, params?: Record<string, string | number>) => string;

/** The words at a stop; `seen` is what a traced request met there. */
export function stopFacts(
  hop: Exclude<Hop, 'pod'>,
  topology: Topology,
  seen: string | undefined,
  say: Say,
): StopFacts {
  const { client, service, slices, dnsName, platforms, readyCount } = topology;
  switch (hop) {
    case 'client':
      return {
        title: say('track.client'),
        name: client.name,
        subs: [client.pod?.ip ?? '–'],
        ...(client.pod === undefined ? {} : { open: client.pod }),
      };
    case 'dns':
      return {
        title: say('track.dns'),
        name: dnsName,
        subs: [seen ?? service?.clusterIP ?? service?.externalName ?? 'NXDOMAIN'],
      };
    case 'service': {
      const port = service?.ports[0];
      return {
        title: say('track.svc'),
        name: service?.name ?? say('track.none'),
        subs:
          service === undefined
            ? []
            : [
                service.clusterIP ?? service.externalName ?? '–',
                ...(port === undefined ? [] : [`${port.port} → ${port.targetPort}`]),
              ],
        ...(service === undefined ? {} : { open: service }),
      };
    }
    case 'endpoints': {
      const slice = slices[0];
      const total = platforms.filter((one) => one.connected).length;
      const ports = slice?.ports.map((port) => port.port ?? '*').join(', ') ?? '';
      return {
        title: say('track.endpoints'),
        name:
          total === 0 ? say('track.noEndpoints') : say('track.endpointsCount', { ready: readyCount, total }),
        subs: ports === '' ? [] : [say('track.port', { port: ports })],
        ...(slice === undefined ? {} : { open: slice }),
      };
    }
  }
}
