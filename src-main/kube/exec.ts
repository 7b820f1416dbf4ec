import type { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import { AppError } from '#shared/app-error.ts';
import { DeadlineError, KubeStatusError, KubeUnreachableError } from './errors.ts';
import type { ClusterAccess } from './kubeconfig.ts';
import type { StatusBody } from './objects.ts';
import { connectOwnWay, tlsOptions } from './tls.ts';
import type { Transport } from './transport.ts';

export interface ExecTarget {
  namespace: string;
  pod: string;
  argv: readonly string[];
}

export interface ExecOptions {
  /** The pod's default container when left out. */
  container?: string;
  /** Written to the program's standard input, which is then closed. */
  stdin?: string;
  /** Default 15 000. */
  timeoutMs?: number;
  /** Bytes kept of each stream; the rest is dropped. Default 64 KiB. */
  limit?: number;
}

export interface ExecResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export interface OpenExecOptions {
  container?: string;
  tty: boolean;
  /** Output as it comes. With a TTY everything is on stdout. */
  onData(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  /** The program ended (with its exit code) or the stream broke (with an error). Called once. */
  onEnd(end: { exitCode: number } | { error: Error }): void;
  /** How long opening may take. Default 15 000. */
  timeoutMs?: number;
}

/** An open exec stream. */
export interface ExecSession {
  write(bytes: Uint8Array): void;
  /** Half-closes standard input where the server can (v5), else does nothing. */
  endInput(): void;
  resize(columns: number, rows: number): void;
  /** Stops and goes on with reading from the socket: back-pressure on the program. */
  pause(): void;
  resume(): void;
  /** Bytes written that are not yet on the wire. */
  readonly buffered: number;
  close(): void;
}

// https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
const RESIZE = 4;
const CLOSE = 255;

/** Opens an exec stream. Rejects with KubeStatusError, KubeUnreachableError or DeadlineError. */
export async function openExec(
  transport: Transport,
  target: ExecTarget,
  options: OpenExecOptions & { stdin?: boolean },
): Promise<ExecSession> {
  const { access } = transport;
  const what = `exec in ${target.namespace}/${target.pod}`;
  const stdin = options.stdin ?? true;
  const path = `/api/v1/namespaces/${encodeURIComponent(target.namespace)}/pods/${encodeURIComponent(target.pod)}/exec`;
  const url = transport.target(path, {
    container: options.container,
    stdin: String(stdin),
    stdout: 'true',
    stderr: String(!options.tty),
    tty: String(options.tty),
  });
  for (const word of target.argv) url.searchParams.append('command', word);
  url.protocol = url.protocol.replace('http', 'ws');
  const authorization = await access.authorization();
  const { dial } = access;
  const socket = new WebSocket(url, PROTOCOLS, {
    ...tlsOptions(access),
    ...(dial === undefined ? {} : { createConnection: connectorOf(access, dial) }),
    headers: authorization === undefined ? {} : { authorization },
    perMessageDeflate: false,
  });

  let ended = false;
  const end = (result: { exitCode: number } | { error: Error }): void => {
    if (ended) return;
    ended = true;
    options.onEnd(result);
  };
  let status: StatusBody | undefined;
  // Handlers are in place before the socket opens: a quick program may answer in the same packet.
  socket.on('message', (data: RawData) => {
    const frame = bytesOf(data);
    const channel = frame[0];
    const payload = frame.subarray(1);
    if (channel === STDOUT || channel === STDERR) {
      if (payload.length > 0) options.onData(channel === STDOUT ? 'stdout' : 'stderr', payload);
    } else if (channel === ERROR) {
      status = parseStatus(payload);
    }
  });
  socket.on('close', (code, reason) => {
    if (status !== undefined) end(outcomeOf(status, what));
    else
      end({
        error: new KubeUnreachableError(
          access.server,
          what,
          new Error(`the stream ended without a status (${String(code)} ${reason.toString()})`),
        ),
      });
  });

  const timeoutMs = options.timeoutMs ?? 15_000;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      ended = true;
      socket.terminate();
      reject(new DeadlineError({ en: `${what} to open`, ko: `${what} 열기` }, timeoutMs));
    }, timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      ended = true;
      reject(error);
    };
    socket.once('open', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.on('error', (error) => {
      fail(new KubeUnreachableError(access.server, what, error));
    });
    socket.once('unexpected-response', (_request, response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        fail(new KubeStatusError(response.statusCode ?? 500, parseStatus(Buffer.from(text)), what));
        socket.terminate();
      });
    });
  });

  const send = (channel: number, payload: Uint8Array): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    const frame = new Uint8Array(payload.length + 1);
    frame[0] = channel;
    frame.set(payload, 1);
    socket.send(frame);
  };
  return {
    write: (bytes) => {
      send(STDIN, bytes);
    },
    endInput: () => {
      if (socket.protocol === PROTOCOLS[0]) send(CLOSE, Uint8Array.of(STDIN));
    },
    resize: (columns, rows) => {
      send(RESIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
    },
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
    get buffered() {
      return socket.bufferedAmount;
    },
    close: () => {
      socket.close();
    },
  };
}

/** Runs a program to its end. Output over the limit is cut. */
export async function execInPod(
  transport: Transport,
  target: ExecTarget,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const timeoutMs = options.timeoutMs ?? 15_000;
  const limit = options.limit ?? 64 * 1024;
  const output = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  const sizes = { stdout: 0, stderr: 0 };
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  promise.catch(() => undefined); // may fail while the stream is still opening
  const started = Date.now();
  const session = await openExec(transport, target, {
    tty: false,
    stdin: options.stdin !== undefined,
    ...(options.container === undefined ? {} : { container: options.container }),
    timeoutMs,
    onData: (stream, bytes) => {
      const room = limit - sizes[stream];
      if (room <= 0) return;
      output[stream].push(bytes.slice(0, room));
      sizes[stream] += Math.min(room, bytes.length);
    },
    onEnd: (end) => {
      if ('error' in end) reject(end.error);
      else resolve(end.exitCode);
    },
  });
  const timer = setTimeout(
    () => {
      const what = `${target.argv.join(' ')} (${target.namespace}/${target.pod})`;
      reject(new DeadlineError({ en: what, ko: what }, timeoutMs));
      session.close();
    },
    Math.max(0, timeoutMs - (Date.now() - started)),
  );
  try {
    if (options.stdin !== undefined) {
      session.write(Buffer.from(options.stdin));
      session.endInput();
    }
    const exitCode = await promise;
    const text = (chunks: Uint8Array[]): string => Buffer.concat(chunks).toString('utf8');
    return { stdout: text(output.stdout), stderr: text(output.stderr), exitCode };
  } finally {
    clearTimeout(timer);
    session.close();
  }
}

/** In the form that Node's HTTP client asks for a connection. */
function connectorOf(access: ClusterAccess, dial: () => Promise<Duplex>): typeof connect {
  return ((_options: unknown, done: (error: Error | null, socket?: Duplex) => void) => {
    connectOwnWay(access, dial).then((socket) => done(null, socket), done);
  }) as unknown as typeof connect;
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function parseStatus(payload: Uint8Array): StatusBody {
  const text = Buffer.from(payload).toString('utf8');
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // The v1 protocol and proxies answer in plain words.
  }
  return { status: 'Failure', message: text.trim() };
}

/** A program's exit code travels as a cause of the final Status. */
function outcomeOf(status: StatusBody, what: string): { exitCode: number } | { error: Error } {
  if (status.status === 'Success') return { exitCode: 0 };
  const exit = status.details?.causes?.find((cause) => cause.reason === 'ExitCode');
  if (exit?.message !== undefined) return { exitCode: Number(exit.message) };
  return {
    error: new AppError({
      code: 'exec-failed',
      message: {
        en: `${what} failed: ${status.message ?? 'no reason given'}`,
        ko: `${what} 실패: ${status.message ?? '이유를 알 수 없음'}`,
      },
      ...(status.message === undefined ? {} : { detail: status.message }),
    }),
  };
}
