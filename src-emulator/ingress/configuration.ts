import { UsageFailure } from '../images/programs/support.ts';
import type { PublishedService } from './report-address.ts';

/** A port that the controller listens on. */
export interface EntryPoint {
  name: string;
  port: number;
  tls: boolean;
}

/** What the command line of Traefik asks for (https://doc.traefik.io/traefik/reference/install-configuration/). */
export interface Configuration {
  entryPoints: EntryPoint[];
  /** The port that answers /ping. */
  pingPort: number | undefined;
  accessLog: boolean;
  /** Ingresses are served. */
  ingresses: boolean;
  /** Whose address the Ingresses report. */
  published: PublishedService | undefined;
}

const MANAGEMENT = 'traefik';
const MANAGEMENT_PORT = 8080;
/** The first words of the options that Traefik has; what is behind them is taken as it comes. */
const SECTIONS = new Set([
  ...[
    'accesslog',
    'api',
    'certificatesresolvers',
    'core',
    'entrypoints',
    'experimental',
    'global',
    'hostresolver',
  ],
  ...['log', 'metrics', 'ping', 'providers', 'serverstransport', 'tracing'],
]);

/** @throws UsageFailure in Traefik's words for an option that it does not have. */
export function parseArguments(args: readonly string[]): Configuration {
  const options = new Map<string, string>();
  for (const argument of args) {
    const [, name = '', , value = 'true'] = /^--?([^=]+)(=(.*))?$/.exec(argument) ?? [];
    const key = name.toLowerCase();
    const section = key.split('.')[0] ?? '';
    if (!SECTIONS.has(section))
      throw new UsageFailure(
        `command traefik error: failed to decode configuration from flags: field not found, node: ${section || argument}`,
      );
    options.set(key, value);
  }
  const isOn = (key: string): boolean => options.get(key) === 'true';
  const entryPoints = [...options].flatMap(([key, value]): EntryPoint[] => {
    const name = /^entrypoints\.([^.]+)\.address$/.exec(key)?.[1];
    const port = Number(
      value
        .split(':')
        .at(-1)
        ?.replace(/\/tcp$/, ''),
    );
    return name === undefined || !Number.isInteger(port)
      ? []
      : [{ name, port, tls: isOn(`entrypoints.${name}.http.tls`) }];
  });
  const [namespace = '', name = ''] = (
    options.get('providers.kubernetesingress.ingressendpoint.publishedservice') ?? ''
  ).split('/');
  const management =
    entryPoints.find((entryPoint) => entryPoint.name === MANAGEMENT)?.port ?? MANAGEMENT_PORT;
  const served = entryPoints.filter((entryPoint) => entryPoint.name !== MANAGEMENT);
  return {
    entryPoints: served.length > 0 ? served : [{ name: 'web', port: 80, tls: false }],
    pingPort: isOn('ping') ? management : undefined,
    accessLog: isOn('accesslog'),
    ingresses: isOn('providers.kubernetesingress'),
    published: name === '' ? undefined : { namespace, name },
  };
}
