import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { ClusterAccess } from './kubeconfig.ts';

/** What TLS to the server needs: whom to trust, and who one is. */
export function tlsOptions(
  access: ClusterAccess,
): Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'> {
  return {
    ...(access.ca === undefined ? {} : { ca: access.ca }),
    ...(access.cert === undefined ? {} : { cert: access.cert }),
    ...(access.key === undefined ? {} : { key: access.key }),
    ...(access.serverName === undefined ? {} : { servername: access.serverName }),
    rejectUnauthorized: !access.insecure,
  };
}

/** TLS over the access's own way to the server. Rejects with the system's or TLS' error. */
export async function connectOwnWay(access: ClusterAccess, dial: () => Promise<Duplex>): Promise<TLSSocket> {
  const { hostname } = new URL(access.server);
  const socket = connect({ host: hostname, ...tlsOptions(access), socket: await dial() });
  await once(socket, 'secureConnect');
  return socket;
}
