import { openEmbedded, type EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import { Client } from 'pg';

/** Opens an embedded database in `folder` that loads pg_stat_statements. */
export async function openCountingDatabase(folder: string): Promise<EmbeddedDatabase> {
  const options = { dataDir: folder, create: true, log: () => undefined };
  const initial = await openEmbedded(options);
  const client = new Client({ connectionString: initial.url });
  await client.connect();
  await client.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
  await client.end();
  // The library is loaded at the next start.
  await initial.close();
  return openEmbedded(options);
}

/** Returns the number of statements on the tables that tokens depend on, without those of jobs and housekeeping. */
export async function countStatements(client: Client): Promise<number> {
  const { rows } = await client.query<{ calls: string }>(
    `select coalesce(sum(calls), 0) as calls from pg_stat_statements
      where query ilike '%repository%' or query ilike '%account%' or query ilike '%"registry"%'
         or query ilike '%signing_key%' or query ilike '%setting%'`,
  );
  return Number(rows[0]!.calls);
}
