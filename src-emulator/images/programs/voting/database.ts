import type { ProcessContext } from '../../types.ts';
import { PostgresClient } from '../postgres/client.ts';

/** Connects to the database at `db`, with a second between the tries, as long as it takes. */
export async function connectToDatabase(context: ProcessContext, waiting: string): Promise<PostgresClient> {
  for (;;) {
    try {
      return await PostgresClient.connect(context, {
        host: 'db',
        port: 5432,
        user: 'postgres',
        password: context.env['POSTGRES_PASSWORD'] ?? 'postgres',
        database: 'postgres',
      });
    } catch (error) {
      if (context.ended.aborted) throw error;
      await context.stderr.write(`${waiting}\n`);
      await context.clock.sleep(1000);
    }
  }
}
