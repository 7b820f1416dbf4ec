import type { ProcessContext, Program } from '../../types.ts';
import type { PostgresClient } from '../postgres/client.ts';
import { ConnectFailure, RedisClient } from '../redis/client.ts';
import { program } from '../support.ts';
import { connectToDatabase } from './database.ts';

/** The worker: takes votes from Redis, one by one, and writes them into the database. */
export const voteWorker: Program = program('dotnet', async (context) => {
  const database = await connectToDatabase(context, 'Waiting for db');
  await context.stdout.write('Connected to db\n');
  await database.query(
    'CREATE TABLE IF NOT EXISTS votes (id VARCHAR(255) NOT NULL UNIQUE, vote VARCHAR(255) NOT NULL)',
  );
  return work(context, database);
});

async function work(context: ProcessContext, first: PostgresClient): Promise<never> {
  let database = first;
  for (;;) {
    const redis = await connectToRedis(context);
    for (;;) {
      const reply = await redis.send(['BLPOP', 'votes', '0']);
      if (!Array.isArray(reply) || typeof reply[1] !== 'string') break;
      const { voter_id: voter, vote } = JSON.parse(reply[1]) as { voter_id: string; vote: string };
      await context.stdout.write(`Processing vote for '${vote}' by '${voter}'\n`);
      for (;;) {
        try {
          await store(database, voter, vote);
          break;
        } catch {
          if (context.ended.aborted) break;
          await context.stdout.write('Reconnecting DB\n');
          database = await connectToDatabase(context, 'Waiting for db');
        }
      }
    }
    context.ended.throwIfAborted();
    await context.stdout.write('Reconnecting Redis\n');
  }
}

async function store(database: PostgresClient, voter: string, vote: string): Promise<void> {
  const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  await database.query(
    `INSERT INTO votes (id, vote) VALUES (${quote(voter)}, ${quote(vote)}) ON CONFLICT (id) DO UPDATE SET vote = EXCLUDED.vote`,
  );
}

async function connectToRedis(context: ProcessContext): Promise<RedisClient> {
  for (;;) {
    try {
      const redis = await RedisClient.connect(context, 'redis', 6379);
      await context.stdout.write(`Found redis at ${redis.remoteAddress}\nConnecting to redis\n`);
      return redis;
    } catch (error) {
      if (!(error instanceof ConnectFailure)) throw error;
      await context.stderr.write('Waiting for redis\n');
      await context.clock.sleep(1000);
    }
  }
}
