import type { Client } from 'pg';
import { sharedImage } from './faulty-registry';

/**
 * Inserts the repositories of a FaultyRegistry of `size` into an empty index, each with `tags`, as if events had
 * reported them.
 */
export async function seedIndex(
  sql: Client,
  registryId: string,
  size: number,
  tags: readonly string[],
): Promise<void> {
  await sql.query(`insert into namespace (name, origin) values ('chaos', 'import')`);
  await sql.query(
    `insert into repository (namespace_id, path, name, state, registry_id, registry_path, pushed_at)
     select namespace.id, 'chaos/r' || n, 'r' || n, 'active', $1, 'chaos/r' || n, now()
       from namespace, generate_series(0, $2::int - 1) n where namespace.name = 'chaos'`,
    [registryId, size],
  );
  if (tags.length === 0) return;
  await sql.query(
    `insert into manifest (repository_id, digest, media_type) select id, $1, $2 from repository`,
    [sharedImage.digest, sharedImage.mediaType],
  );
  await sql.query(
    `insert into tag (repository_id, name, digest, pushed_at)
     select id, tag, $1, now() from repository, unnest($2::text[]) as tag`,
    [sharedImage.digest, tags],
  );
  await sql.query('analyze');
}
