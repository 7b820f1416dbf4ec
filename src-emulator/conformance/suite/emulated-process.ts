import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isProcessMessage, processArguments } from '../../process-arguments.ts';

/** An emulated cluster in a process of its own, so that it does not share a processor with what drives it. */
export interface EmulatedProcess {
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** @throws Error when the cluster does not start. */
export async function startEmulatedProcess(): Promise<EmulatedProcess> {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'switchyard-conformance-'));
  const program = fileURLToPath(new URL('../../process.ts', import.meta.url));
  const child = fork(
    program,
    processArguments({ stateDirectory, name: 'emulated', port: 0, loadBalancer: false }),
    {
      execArgv: [],
    },
  );
  const closed = once(child, 'close');
  const message = await Promise.race([once(child, 'message').then(([first]) => first as unknown), closed]);
  if (!isProcessMessage(message) || message.type !== 'ready')
    throw new Error(`The emulated cluster did not start: ${JSON.stringify(message)}`);
  return {
    kubeconfig: readFileSync(join(stateDirectory, 'kubeconfig'), 'utf8'),
    stop: async () => {
      child.send('stop');
      await closed;
      rmSync(stateDirectory, { recursive: true, force: true });
    },
  };
}
