import type { Client } from 'pg';
import { theImage } from './faulty-registry';

/** Fills an index with the repositories of a FalseRegistry, each with its tags, as if all had been reported. */
export async function fillIndex(
  sql: Client,
  registryId: string,
  size: number,
  tags: readonly string[],
): Promise<void> {
  await sql.query(`insert into namespace (name, origin) values ('drill', 'import')`);
  await sql.query(
    `insert into repository (namespace_id, path, name, state, registry_id, registry_path, pushed_at)
     select namespace.id, 'drill/r' || n, 'r' || n, 'active', $1, 'drill/r' || n, now()
       from namespace, generate_series(0, $2::int - 1) n where namespace.name = 'drill'`,
    [registryId, size],
  );
  if (tags.length === 0) return;
  await sql.query(
    `insert into manifest (repository_id, digest, media_type) select id, $1, $2 from repository`,
    [theImage.digest, theImage.mediaType],
  );
  await sql.query(
    `insert into tag (repository_id, name, digest, pushed_at)
     select id, tag, $1, now() from repository, unnest($2::text[]) as tag`,
    [theImage.digest, tags],
  );
  await sql.query('analyze');
}
