import { Agent, createServer, request, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { issueCertificate } from '../src-emulator/api/certificates/certificate.ts';
import { RealClock } from '../src-emulator/clock.ts';
import { createClusterNetwork } from '../src-emulator/network/cluster-network.ts';
import { ApiStub } from '../src-emulator/network/test-support.ts';
import type { NetworkStack } from '../src-emulator/network/types.ts';
import type { Figure } from './figure.ts';

const CLUSTER_IP = '10.96.0.50';
const MEASURED_MS = 2000;
/** Requests under way at a time, each on a connection that is kept. */
const CONCURRENT = 32;
const HANDSHAKES_AT_ONCE = 8;

/** HTTP requests and TLS handshakes through a ClusterIP, client and server on this one core. */
export async function benchNetwork(runs: number): Promise<Figure[]> {
  const requests: number[] = [];
  const handshakes: number[] = [];
  for (let run = 0; run < runs; run++) {
    const api = new ApiStub();
    api.namespace('shop');
    const network = createClusterNetwork({
      clock: new RealClock(),
      api: api.api,
      nodes: [
        { name: 'a', address: '172.18.0.3', podCIDR: '10.244.1.0/24' },
        { name: 'b', address: '172.18.0.4', podCIDR: '10.244.2.0/24' },
      ],
      hostAddress: '172.18.0.1',
    });
    const client = network.createPodStack('a');
    const server = network.createPodStack('b');
    api.service('shop/web', {
      type: 'ClusterIP',
      clusterIP: CLUSTER_IP,
      ports: [
        { name: 'http', port: 80, protocol: 'TCP' },
        { name: 'https', port: 443, protocol: 'TCP' },
      ],
    });
    api.endpoints(
      'shop/web',
      [{ addresses: [server.address], nodeName: 'b', conditions: { ready: true } }],
      [
        { name: 'http', port: 8080, protocol: 'TCP' },
        { name: 'https', port: 8443, protocol: 'TCP' },
      ],
    );
    serve(
      server,
      8080,
      createServer((_, response) => response.end('ok')),
    );
    requests.push(await requestsPerSecond(client));
    handshakes.push(await handshakesPerSecond(client, server));
    network.close();
  }
  return [
    { name: 'HTTP requests through a ClusterIP', unit: '/s', goal: '≥ 8000', values: requests },
    { name: 'TLS handshakes through a ClusterIP', unit: '/s', goal: '≥ 300', values: handshakes },
  ];
}

function serve(stack: NetworkStack, port: number, server: Server): void {
  stack.listen(port, (socket) => server.emit('connection', socket));
}

async function requestsPerSecond(client: NetworkStack): Promise<number> {
  const until = performance.now() + MEASURED_MS;
  let count = 0;
  await Promise.all(
    Array.from({ length: CONCURRENT }, async () => {
      const socket = await client.connect({ address: CLUSTER_IP, port: 80 });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      agent.createConnection = () => socket;
      while (performance.now() < until) {
        await exchange(agent);
        count++;
      }
      socket.destroy();
    }),
  );
  return count / (MEASURED_MS / 1000);
}

function exchange(agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ agent, host: 'web', path: '/' }, (response) => {
      response.resume().once('end', resolve);
    })
      .once('error', reject)
      .end();
  });
}

async function handshakesPerSecond(client: NetworkStack, server: NetworkStack): Promise<number> {
  const { certificate, privateKey } = issueCertificate({
    subject: { commonName: 'web.shop' },
    use: 'server',
    dnsNames: ['web.shop'],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' });
  serve(
    server,
    8443,
    createTlsServer({ cert: certificate, key }, (_, response) => response.end('ok')),
  );
  const until = performance.now() + MEASURED_MS;
  let count = 0;
  await Promise.all(
    Array.from({ length: HANDSHAKES_AT_ONCE }, async () => {
      while (performance.now() < until) {
        const socket = await client.connect({ address: CLUSTER_IP, port: 443 });
        await new Promise<void>((resolve, reject) => {
          const tls = connectTls({ socket, servername: 'web.shop', ca: certificate }, resolve);
          tls.once('error', reject);
        });
        socket.destroy();
        count++;
      }
    }),
  );
  return count / (MEASURED_MS / 1000);
}
