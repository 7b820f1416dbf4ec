import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { expect, test } from 'vitest';
import { RealClock } from '../clock.ts';
import { createClusterNetwork } from './cluster-network.ts';
import { ApiStub } from './test-support.ts';

/** A self-signed certificate of `name` and its key, valid for a hundred years. */
function certificateFor(name: string): { key: string; cert: string } {
  const pem = readFileSync(new URL(`testdata/${name}.pem`, import.meta.url), 'utf8');
  return { key: pem, cert: pem };
}

test('HTTPS works between pods: the name in SNI chooses the certificate, a wrong name is refused', async () => {
  const network = createClusterNetwork({
    clock: new RealClock(),
    api: new ApiStub().api,
    nodes: [{ name: 'worker', address: '172.18.0.3', podCIDR: '10.244.1.0/24' }],
    hostAddress: '172.18.0.1',
  });
  const client = network.createPodStack('worker');
  const pod = network.createPodStack('worker');
  const certificates = { 'a.test': certificateFor('a.test'), 'b.test': certificateFor('b.test') };
  const server = https.createServer(
    {
      ...certificates['a.test'],
      SNICallback: (name, done) => {
        const own =
          name in certificates ? certificates[name as keyof typeof certificates] : certificates['a.test'];
        done(null, tls.createSecureContext(own));
      },
    },
    (request, response) => response.end(`hello ${request.headers.host ?? ''}`),
  );
  pod.listen(443, (socket) => server.emit('connection', socket));
  const ca = Object.values(certificates).map((own) => own.cert);

  const get = async (servername: string): Promise<string> => {
    const socket = tls.connect({
      socket: await client.connect({ address: pod.address, port: 443 }),
      servername,
      ca,
    });
    await once(socket, 'secureConnect');
    const subject = socket.getPeerCertificate().subject.CN;
    const request = https.request({
      createConnection: () => socket,
      host: servername,
      port: 443,
      defaultPort: 443,
      path: '/',
    });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return `${await text(response)}, certificate of ${String(subject)}`;
  };

  expect(await get('a.test')).toBe('hello a.test, certificate of a.test');
  expect(await get('b.test')).toBe('hello b.test, certificate of b.test');
  await expect(get('c.test')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  network.close();
});
