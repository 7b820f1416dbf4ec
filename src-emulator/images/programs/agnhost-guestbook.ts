import type { ProcessContext } from '../types.ts';
import { parseGoFlags } from './go-flags.ts';
import { goDialError, goError, goLookup, goRespond } from './go-http.ts';
import { endOnTerm, klog } from './go-program.ts';
import { exchange } from './http-exchange.ts';
import { serveHttp } from './http-server.ts';

/** `agnhost guestbook`: a front end, or a store that hands its changes to the replicas that have registered. */
export async function guestbook(context: ProcessContext, args: string[]): Promise<number> {
  const { values } = parseGoFlags(args, { 'http-port': '80', 'backend-port': '6379', replicaof: '' });
  const backendPort = Number(values['backend-port']);
  let store: Record<string, string> = {};
  const replicas: string[] = [];
  if (values.replicaof !== '')
    void register(context, values.replicaof, backendPort).then(
      (data) => (store = { ...data }),
      () => undefined,
    );
  serveHttp(context, Number(values['http-port']), async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://guestbook');
    const value = (name: string): string => url.searchParams.get(name) ?? '';
    const send = (body: object): void => goRespond(context, response, { body: JSON.stringify(body) });
    const [key, command] = [value('key'), value('cmd').toLowerCase()];
    switch (url.pathname) {
      case '/register':
        await klog(context, `GET /register?host=${value('host')}`);
        send({ data: store });
        replicas.push(value('host'));
        return klog(context, `Node '${value('host')}' registered.`);
      case '/get':
        await klog(context, `GET /get?key=${key}`);
        {
          send({ data: key === '' ? store : (store[key] ?? '') });
          return;
        }
      case '/set':
        await klog(context, `GET /set?key=${key}&value=${value('value')}`);
        if (key === '') {
          goError(context, response, 'cannot set with empty key.', 400);
          return;
        }
        store[key] = value('value');
        for (const replica of replicas) {
          try {
            await ask(context, replica, backendPort, `set?key=${key}&value=${value('value')}`);
          } catch (error) {
            const why = `encountered error while propagating to replica '${replica}': ${messageOf(error)}`;
            goError(context, response, why, 417);
            return;
          }
        }
        {
          send({ message: 'Updated' });
          return;
        }
      case '/guestbook': {
        await klog(context, `GET /guestbook?cmd=${command}&key=${key}&value=${value('value')}`);
        if (command !== 'get' && command !== 'set') {
          goError(context, response, `unsupported cmd: '${command}'`, 400);
          return;
        }
        if (command === 'set' && key === '') {
          goError(context, response, 'cannot set with empty key.', 400);
          return;
        }
        const host = command === 'get' ? 'agnhost-replica' : 'agnhost-primary';
        try {
          const path = `${command}?key=${key}&value=${encodeURIComponent(value('value'))}`;
          goRespond(context, response, { body: await ask(context, host, backendPort, path) });
          return;
        } catch (error) {
          goError(context, response, `encountered error: ${messageOf(error)}`, 417);
          return;
        }
      }
      default: {
        goError(context, response, '404 page not found', 404);
        return;
      }
    }
  });
  return endOnTerm(context);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Tries for fifteen seconds to become a replica. Resolves with what the primary holds. */
async function register(
  context: ProcessContext,
  primary: string,
  port: number,
): Promise<Record<string, string>> {
  const deadline = context.clock.now() + 15_000;
  const own = context.network.address;
  while (context.clock.now() < deadline) {
    await klog(context, `Registering to primary: ${primary}:${port}/register?host=${own}`);
    try {
      const reply = JSON.parse(await ask(context, primary, port, `register?host=${own}`)) as {
        data: Record<string, string>;
      };
      await klog(context, `Registered to node: ${primary}`);
      return reply.data;
    } catch (error) {
      await klog(
        context,
        `encountered error while registering to primary: ${messageOf(error)}. Retrying in 1s.`,
      );
      await context.clock.sleep(1000);
    }
  }
  await klog(context, 'Timed out while registering to primary.', 'F');
  return {};
}

async function ask(context: ProcessContext, host: string, port: number, path: string): Promise<string> {
  const address = await goLookup(context, host);
  let socket;
  try {
    socket = await context.network.connect({ address, port }, { timeoutMs: 5000 });
  } catch (error) {
    throw new Error(`Get "http://${host}:${port}/${path}": ${goDialError(error, { address, port })}`, {
      cause: error,
    });
  }
  try {
    const headers = [['Host', `${host}:${port}`], ['User-Agent', 'Go-http-client/1.1']] as const; // prettier-ignore
    const response = await exchange(
      socket,
      { method: 'GET', path: `/${path}`, headers, body: undefined },
      context.ended,
    );
    let text = '';
    for await (const chunk of response as AsyncIterable<Buffer>) text += chunk.toString('utf8');
    return text;
  } finally {
    socket.destroy();
  }
}
