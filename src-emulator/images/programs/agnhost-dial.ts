import type { ProcessContext } from '../types.ts';
import { goDialError, goLookup } from './go-http.ts';
import { klog } from './go-program.ts';
import { exchange } from './http-exchange.ts';
import { errorCode } from './support.ts';

/** A request to /dial that cannot be carried out: answered with 400. */
export class DialFailure extends Error {
  override readonly name = 'DialFailure';
}

const TIMEOUT_MS = 5000;

/** Asks other pods on behalf of a test: `/dial?host=&port=&protocol=&request=&tries=`. @throws DialFailure */
export async function dial(
  context: ProcessContext,
  query: URLSearchParams,
): Promise<{ errors?: string[]; responses?: string[] }> {
  const value = (name: string): string => query.get(name) ?? '';
  const [host, port, request, protocol] = [value('host'), value('port'), value('request'), value('protocol')];
  const tries = value('tries');
  await klog(
    context,
    `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${tries}`,
  );
  if (!/^([-+]?\d+)?$/.test(tries))
    throw new DialFailure(`tries parameter is invalid. strconv.Atoi: parsing "${tries}": invalid syntax`);
  if (request === '') throw new DialFailure('request parameter not specified. <nil>');
  const ask = { '': askHttp, http: askHttp, udp: askUdp }[protocol.toLowerCase()];
  if (ask === undefined) throw new DialFailure(`unsupported protocol. ${protocol}`);
  let address: string;
  try {
    address = await goLookup(context, host);
  } catch (error) {
    if (context.ended.aborted) throw error;
    throw new DialFailure(`host and/or port param are invalid. ${messageOf(error)}`);
  }
  const responses: string[] = [];
  const errors: string[] = [];
  let last = '';
  for (let left = tries === '' ? 1 : Number(tries); left > 0; left--) {
    try {
      responses.push((last = await ask(context, { address, port: Number(port) }, request)));
    } catch (error) {
      if (context.ended.aborted) throw error;
      last = '';
      errors.push(messageOf(error));
    }
  }
  return { ...(errors.length > 0 && { errors }), ...(last !== '' && { responses }) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function askHttp(
  context: ProcessContext,
  to: { address: string; port: number },
  path: string,
): Promise<string> {
  const url = `http://${to.address}:${to.port}/${path}`;
  let socket;
  try {
    socket = await context.network.connect(to, { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (context.ended.aborted) throw error;
    const waiting = errorCode(error) === 'ETIMEDOUT';
    throw new Error(
      `Get "${url}": ${goDialError(error, to)}${waiting ? ' (Client.Timeout exceeded while awaiting headers)' : ''}`,
      { cause: error },
    );
  }
  try {
    const headers = [
      ['Host', `${to.address}:${to.port}`],
      ['User-Agent', 'Go-http-client/1.1'],
      ['Accept-Encoding', 'gzip'],
    ] as const;
    const response = await exchange(
      socket,
      { method: 'GET', path: `/${path}`, headers, body: undefined },
      context.ended,
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of response as AsyncIterable<Uint8Array>) chunks.push(chunk);
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (context.ended.aborted) throw error;
    throw new Error(`Get "${url}": EOF`, { cause: error });
  } finally {
    socket.destroy();
  }
}

function askUdp(
  context: ProcessContext,
  to: { address: string; port: number },
  request: string,
): Promise<string> {
  const socket = context.network.bindUdp(0);
  const flow = `read udp ${context.network.address}:${socket.localPort}->${to.address}:${to.port}`;
  const fail = (why: string): Error => new Error(`reading from udp connection failed. err:'${flow}: ${why}'`);
  return new Promise<string>((resolve, reject) => {
    const timer = context.clock.setTimeout(() => reject(fail('i/o timeout')), TIMEOUT_MS);
    socket.onMessage((data) => {
      timer.cancel();
      resolve(new TextDecoder().decode(data));
    });
    socket.onRefused(() => {
      timer.cancel();
      reject(fail('read: connection refused'));
    });
    socket.send(new TextEncoder().encode(request), to);
  }).finally(() => socket.close());
}
