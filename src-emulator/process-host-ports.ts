import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A port of 127.0.0.1 on this machine that leads into the cluster. */
export type HostPort = { protocol: 'TCP' | 'UDP'; hostPort: number } & (
  | { kind: 'NodePort'; node: string; nodePort: number }
  | { kind: 'LoadBalancer'; namespace: string; service: string; port: number }
);

/** Where the process of a cluster says which ports it has opened, in its state directory: a JSON list. */
export const HOST_PORTS_FILE = 'host-ports.json';

/** What the file of a cluster says; nothing when it is not there or not whole. */
export async function readHostPorts(stateDirectory: string): Promise<HostPort[]> {
  try {
    const value: unknown = JSON.parse(await readFile(join(stateDirectory, HOST_PORTS_FILE), 'utf8'));
    return Array.isArray(value) ? value.filter(isHostPort) : [];
  } catch {
    return [];
  }
}

function isHostPort(value: unknown): value is HostPort {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, protocol, hostPort, node, nodePort, namespace, service, port } = value as Record<
    string,
    unknown
  >;
  if ((protocol !== 'TCP' && protocol !== 'UDP') || typeof hostPort !== 'number') return false;
  return kind === 'NodePort'
    ? typeof node === 'string' && typeof nodePort === 'number'
    : kind === 'LoadBalancer' &&
        typeof namespace === 'string' &&
        typeof service === 'string' &&
        typeof port === 'number';
}
