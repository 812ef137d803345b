import { Database, sql } from '@central-index/platform/database';
import { createHash } from 'node:crypto';
import type { IndexUnderTest } from './index-under-test';

/** A digest for a manifest that exists in no registry. The same text gives the same digest. */
export const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Creates tags of a repository as though a registry had sent events of their pushes by `pusher`. */
export async function insertPushedTags(
  index: IndexUnderTest,
  path: string,
  tags: readonly string[],
  pusher?: string,
): Promise<void> {
  const database = index.app.get(Database, { strict: false });
  await database.transaction(async (manager) => {
    const [row] = await database.query(
      sql<{ id: string }>(
        `update repository set state = 'active', pushed_at = now() where path = $1 returning id`,
      ),
      [path],
      manager,
    );
    for (const tag of tags) {
      await manager.query(
        `insert into manifest (repository_id, digest, media_type, size, platforms)
         values ($1, $2, 'application/vnd.oci.image.manifest.v1+json', 1234, '[{"os":"linux","architecture":"amd64"}]')
         on conflict do nothing`,
        [row!.id, digestOf(tag)],
      );
      await manager.query(
        `insert into tag (repository_id, name, digest, pushed_at, pushed_by_id)
         values ($1, $2, $3, now(), (select id from account where name = $4))`,
        [row!.id, tag, digestOf(tag), pusher ?? null],
      );
    }
  });
}
