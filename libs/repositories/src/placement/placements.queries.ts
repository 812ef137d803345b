import type { RepositoryName } from '@central-index/naming';
import type { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';

/** A first push that the decision allowed: by whom, to which registry, under which spelling. */
export interface FirstPush {
  readonly name: RepositoryName;
  readonly registryId: string;
  /** The name as the client asked for it: the registry keeps the images under this spelling. */
  readonly registryPath: string;
  readonly accountId: string;
}

/**
 * Places a name on a registry unless it lies on one already. The unique constraint on `path` decides between two
 * registries or two pushes at once: the later statement finds the row placed and changes nothing.
 */
export async function claimPlacement(
  database: Database,
  manager: EntityManager,
  push: FirstPush,
): Promise<void> {
  const { name, registryId, registryPath, accountId } = push;
  if (name.official) {
    // Only an administrator's `official add` makes one; a push never does.
    await manager.query(
      `update repository set registry_id = $2, registry_path = $3
        where path = $1 and registry_id is null and state in ('active', 'hidden')`,
      [name.path, registryId, registryPath],
    );
    return;
  }
  const placed = await database.rows<{ id: string; fresh: boolean }>(
    `insert into repository (namespace_id, path, name, state, visibility, registry_id, registry_path)
     select id, $2, $3, 'pending', default_visibility, $4, $5 from namespace where name = $1 and owner_id = $6
     on conflict (path) do update set registry_id = excluded.registry_id, registry_path = excluded.registry_path,
       state = case repository.state when 'deleted' then 'pending' else repository.state end
       where repository.registry_id is null or repository.state = 'deleted'
     returning id, xmax = 0 as fresh`,
    [name.namespace, name.path, name.name, registryId, registryPath, accountId],
    manager,
  );
  // What a tombstone or an orphan still lists lies elsewhere, or is being deleted: the push begins anew.
  const revived = placed.filter(({ fresh }) => !fresh).map(({ id }) => id);
  if (revived.length > 0) {
    await manager.query('delete from manifest where repository_id = any($1::bigint[])', [revived]);
  }
}

/** Notes that an account was granted a push just now. */
export async function recordPushGrant(
  manager: EntityManager,
  repositoryId: string,
  accountId: string,
): Promise<void> {
  await manager.query(
    `insert into push_grant (repository_id, account_id) values ($1, $2)
     on conflict (repository_id, account_id) do update set granted_at = now()`,
    [repositoryId, accountId],
  );
}

const notGrantedRecently = `
  not exists (select from push_grant
               where push_grant.repository_id = repository.id and granted_at > now() - interval '24 hours')`;

/**
 * Takes back what was granted a day ago and never arrived: new names are freed, revived ones are tombstones again,
 * and those made by hand or by an administrator may go to another registry. Answers how many.
 */
export async function expireUnpushed(database: Database): Promise<number> {
  return database.transaction(async (manager) => {
    const freed = await database.rows(
      `delete from repository
        where state = 'pending' and deleted_at is null and created_at < now() - interval '24 hours' and ${notGrantedRecently}
       returning id`,
      [],
      manager,
    );
    const returned = await database.rows(
      `update repository set state = 'deleted' where state = 'pending' and deleted_at is not null and ${notGrantedRecently}
       returning id`,
      [],
      manager,
    );
    const unplaced = await database.rows(
      `update repository set registry_id = null, registry_path = null
        where state in ('active', 'hidden') and registry_id is not null and pushed_at is null and ${notGrantedRecently}
          and not exists (select from manifest where manifest.repository_id = repository.id)
       returning id`,
      [],
      manager,
    );
    return freed.length + returned.length + unplaced.length;
  });
}
