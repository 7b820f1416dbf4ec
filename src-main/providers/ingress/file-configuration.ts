/**
 * The part of Traefik's dynamic configuration that is written here:
 * https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/file/
 */
export interface FileConfiguration {
  http: {
    routers?: Record<string, FileRouter>;
    services: Record<string, FileService>;
    serversTransports: Record<string, { maxIdleConnsPerHost: number; insecureSkipVerify: boolean }>;
  };
}

export interface FileRouter {
  rule: string;
  priority: number;
  service: string;
  entryPoints?: string[];
  middlewares?: string[];
  tls?: object;
}

export interface FileService {
  loadBalancer: { passHostHeader: true; serversTransport?: string; servers?: { url: string }[] };
}

/** Has no server: answers 503. */
export const UNAVAILABLE = 'unavailable';
/** A new connection for each request, so that kube-proxy chooses an endpoint each time. */
export const CONNECTION_EACH = 'connection-each';

/**
 * A configuration with these routers and services. It is never empty: Traefik ignores an empty one and would keep
 * the one before.
 */
export function fileConfiguration(
  routers: Record<string, FileRouter>,
  services: Record<string, FileService>,
): FileConfiguration {
  return {
    http: {
      ...(Object.keys(routers).length === 0 ? {} : { routers }),
      services: { ...services, [UNAVAILABLE]: { loadBalancer: { passHostHeader: true } } },
      serversTransports: { [CONNECTION_EACH]: { maxIdleConnsPerHost: -1, insecureSkipVerify: true } },
    },
  };
}

/**
 * The text of a file that Traefik reads as YAML. It first runs through a template engine, which sees an action in
 * `{{`: braces inside of strings (a path may have them) are written as escapes.
 */
export function fileText(configuration: FileConfiguration): string {
  const texts = /"(?:[^"\\]|\\.)*"/g;
  return JSON.stringify(configuration, undefined, 1).replace(texts, (text) =>
    text.replaceAll('{', '\\u007b'),
  );
}
