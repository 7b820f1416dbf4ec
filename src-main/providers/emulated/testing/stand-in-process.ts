/** Keeps the agreement between a cluster's process and its starter, with an empty HTTP server as the cluster. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseProcessArguments } from '../../../../src-emulator/process-arguments.ts';
import { claimProcessFile } from '../../../../src-emulator/process-file.ts';

const { stateDirectory, port } = parseProcessArguments(process.argv.slice(2));
const claim = await claimProcessFile(join(stateDirectory, 'process.json'));
if ('pid' in claim) {
  process.send?.({ type: 'running', pid: claim.pid }, () => process.exit(0));
} else {
  const server = createServer().listen(port, '127.0.0.1', () => {
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(join(stateDirectory, 'kubeconfig'), `server: ${url}\n`, { mode: 0o600 });
    void claim.setUrl(url).then(() => process.send?.({ type: 'ready', url }));
  });
  const stop = (): void => {
    writeFileSync(join(stateDirectory, 'state.json'), 'flushed');
    void claim.release().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('message', (message) => {
    if (message === 'stop') stop();
  });
}
