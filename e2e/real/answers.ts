import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';

export interface Question {
  /** An address on this machine, as the app shows it. */
  at: string;
  path?: string;
  /** The host that is asked for; that of the address without. */
  host?: string;
  /** The one certificate to trust, where the address speaks TLS. */
  ca?: string;
}

/** Asks a server at an address of this machine: its status and its words, or why there is no answer. */
export function answerOf({ at, path = '/', host, ca }: Question): Promise<string> {
  const { protocol, hostname, port } = new URL(at);
  const options: RequestOptions & { servername?: string; ca?: string } = {
    hostname,
    port,
    path,
    timeout: 5000,
    agent: false,
    ...(host !== undefined && { headers: { host }, servername: host }),
    ...(ca !== undefined && { ca }),
  };
  return new Promise((resolve) => {
    const sent = (protocol === 'https:' ? requestHttps : requestHttp)(options, (response) => {
      let words = '';
      response.setEncoding('utf8').on('data', (text: string) => (words += text));
      response.on('end', () => resolve(`${response.statusCode ?? 0} ${words.trim()}`));
      response.on('error', (error) => resolve(error.message));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 5 s')));
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end();
  });
}
