import { Client } from 'pg';

// Counters, logs and queues change on every request; no other table may.
const volatile =
  /^(rate_limit|audit_event|password_failure|sign_in_address|fact_outbox|worker_heartbeat|schema_.*|.*_cache)$/;

/** A digest of each table without the volatile ones: equal before and after requests that change nothing. */
export async function snapshot(databaseUrl: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const digests: Record<string, string> = {};
    for (const { name } of tables.rows.filter((table) => !volatile.test(table.name))) {
      const { rows } = await client.query<{ digest: string }>(
        `select count(*) || ':' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from "${name}" t`,
      );
      digests[name] = rows[0]!.digest;
    }
    return digests;
  } finally {
    await client.end();
  }
}
