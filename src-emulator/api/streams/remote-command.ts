import type { AttachedProcess, ExitStatus, ProcessIo, TerminalSize } from '../../images/types.ts';
import type { NodeProxy, PodReference } from '../../kubelet/types.ts';
import type { ByteSink, ByteSource } from '../../streams.ts';

/** What exec and attach are to do, from the path and the parameters. */
export interface RemoteCommand {
  action: 'exec' | 'attach';
  pod: PodReference;
  container: string;
  command: readonly string[];
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  tty: boolean;
}

/** The client's end, whatever protocol carries it. */
export interface RemoteStreams {
  stdin: ByteSource | undefined;
  stdout: ByteSink | undefined;
  stderr: ByteSink | undefined;
  /** Sends the final status and closes. */
  finish(status: Record<string, unknown>): Promise<void>;
  onResize(handler: (size: TerminalSize) => void): void;
  /** Aborts when the client has gone. */
  closed: AbortSignal;
  /** The node's own words are passed on: over WebSockets the server puts its words before them once more. */
  verbatim: boolean;
}

const DISCARD: ByteSink = { write: () => Promise.resolve(), end: () => undefined };
const INTERNAL_ERROR = 'Internal error occurred: ';
const FIRST_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** Runs the command on the node with the client's streams and sends its exit status at the end. */
export async function runRemoteCommand(
  nodeProxy: NodeProxy,
  command: RemoteCommand,
  streams: RemoteStreams,
): Promise<void> {
  const io: ProcessIo = {
    ...(command.stdin && streams.stdin !== undefined ? { stdin: streams.stdin } : {}),
    stdout: command.stdout && streams.stdout !== undefined ? streams.stdout : DISCARD,
    ...(command.tty
      ? { terminal: FIRST_SIZE }
      : { stderr: command.stderr && streams.stderr !== undefined ? streams.stderr : DISCARD }),
  };
  let process: AttachedProcess;
  try {
    process =
      command.action === 'exec'
        ? nodeProxy.exec(command.pod, command.container, command.command, io)
        : nodeProxy.attach(command.pod, command.container, io);
  } catch (error) {
    await streams.finish(failureStatus(error as Error, streams.verbatim));
    return;
  }
  streams.onResize((size) => process.resize(size));
  const hangUp = (): void => {
    streams.stdin?.cancel();
    // A terminal that goes away hangs up; without one the process lives on until it writes or reads.
    if (command.action === 'exec' && command.tty) process.signal('SIGHUP');
  };
  // The client may have gone between the handshake and this.
  if (streams.closed.aborted) hangUp();
  streams.closed.addEventListener('abort', hangUp);
  const gone = new Promise<undefined>((resolve) => {
    if (streams.closed.aborted) resolve(undefined);
    streams.closed.addEventListener('abort', () => resolve(undefined));
  });
  const exit = await Promise.race([process.exit, gone]);
  if (exit === undefined) return;
  streams.stdin?.cancel();
  await streams.finish(exitStatus(exit));
}

/** Ends a command that could not be started. @param why in the words of the node, or of the way there */
export async function refuseRemoteCommand(streams: RemoteStreams, why: string): Promise<void> {
  await streams.finish(failureStatus(new Error(why), streams.verbatim));
}

/** The status on the error channel: what client-go's remotecommand reads the exit code from. */
function exitStatus(exit: ExitStatus): Record<string, unknown> {
  if (exit.code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exit.code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exit.code) }] },
  };
}

function failureStatus(error: Error, verbatim: boolean): Record<string, unknown> {
  const told = verbatim && error.message.startsWith(INTERNAL_ERROR);
  return {
    metadata: {},
    status: 'Failure',
    message: told ? error.message : `${INTERNAL_ERROR}${error.message}`,
    reason: 'InternalError',
    details: { causes: [{ message: error.message }] },
    code: 500,
  };
}
