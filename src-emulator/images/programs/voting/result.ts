import type { Program } from '../../types.ts';
import { formatDate } from '../basics.ts';
import { serveHttp } from '../http-server.ts';
import { program, untilEnded } from '../support.ts';
import type { PostgresClient } from '../postgres/client.ts';
import { connectToDatabase } from './database.ts';

/** The result page of the example voting app: counts the rows of the table `votes` in the database at `db`. */
export const resultServer: Program = program('node', async (context) => {
  const port = Number(context.env['PORT'] ?? 80);
  let database: PostgresClient | undefined;
  serveHttp(context, port, async (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    let counts: Counts | undefined;
    if (path === '/' || path === '/scores') {
      try {
        if (database !== undefined) counts = await count(database);
      } catch {
        // The database has gone: try again from the start, as at the beginning.
        if (context.ended.aborted) return;
        database = undefined;
        void connect();
      }
    }
    const known = path === '/' || path === '/scores';
    const body = path === '/scores' ? JSON.stringify(counts ?? null) : known ? page(counts) : 'Cannot GET\n';
    response.sendDate = false;
    response.writeHead(known ? 200 : 404, {
      'X-Powered-By': 'Express',
      'Content-Type': path === '/scores' ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      Date: formatDate('%a, %d %b %Y %H:%M:%S GMT', context.clock.now()),
    });
    response.end(body);
  });
  const connect = async (): Promise<void> => {
    database = await connectToDatabase(context, 'Waiting for db');
    await context.stdout.write('Connected to db\n');
  };
  await context.stdout.write(`App running on port ${port}\n`);
  void connect().catch(() => undefined);
  return untilEnded(context);
});

interface Counts {
  a: number;
  b: number;
}

async function count(database: PostgresClient): Promise<Counts> {
  const { rows } = await database.query('SELECT vote, COUNT(id) AS count FROM votes GROUP BY vote');
  const of = (vote: string): number => Number(rows.find(([each]) => each === vote)?.[1] ?? 0);
  return { a: of('a'), b: of('b') };
}

function page(counts: Counts | undefined): string {
  const { a, b } = counts ?? { a: 0, b: 0 };
  const total = a + b;
  const percent = (votes: number): string => (total === 0 ? '50.0' : ((votes / total) * 100).toFixed(1));
  const said =
    counts === undefined
      ? 'Waiting for the database'
      : total === 0
        ? 'No votes yet'
        : total === 1
          ? '1 vote'
          : `${total} votes`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="refresh" content="2">
    <title>Cats vs Dogs — Result</title>
    <style>
      body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; grid-template-columns: ${percent(a)}fr ${percent(b)}fr; text-align: center; color: #fff }
      section { padding: 30vh 0 0; overflow: hidden } .a { background: #1a6fb0 } .b { background: #0b7a4b }
      strong { font-size: 3rem } footer { position: fixed; bottom: 0; width: 100%; padding: 1rem; background: #0008 }
    </style>
  </head>
  <body>
    <section class="a">Cats<br><strong id="a">${percent(a)}%</strong></section>
    <section class="b">Dogs<br><strong id="b">${percent(b)}%</strong></section>
    <footer id="result">${said}</footer>
  </body>
</html>
`;
}
