import { sql } from '@central-index/platform/database';
import { isMemberSql, membershipColumns } from './membership.queries';
import type { NamespaceEntity } from './namespace.entity';

/** The names of the namespaces that an account is a member of, in order. $1: account. */
export const selectNamesByMember = sql<Pick<NamespaceEntity, 'name'>>(
  `select name from namespace where ${isMemberSql('$1')} order by name`,
);

/** Affects no row if the account does not exist or is disabled. $1: id of the namespace; $2: name of the account. */
export const assignNamespace = sql<Pick<NamespaceEntity, 'ownerId'>>(
  `update namespace set owner_id = account.id from account
   where namespace.id = $1 and account.name = $2 and account.disabled_at is null
   returning ${membershipColumns}`,
);

/**
 * Inserts those of the names that do not exist, without an owner, in the order of names: two imports that run at the
 * same time then wait for each other instead of deadlocking. $1: names.
 */
export const insertImportedNamespaces = sql(
  `insert into namespace (name, origin, reserved_name_allowed)
   select name, 'import', true from unnest($1::text[]) as wanted(name) order by name
   on conflict (name) do nothing`,
);

/** $1: names. */
export const selectMembershipByName = sql<Pick<NamespaceEntity, 'id' | 'name' | 'ownerId'>>(
  `select id, name, ${membershipColumns} from namespace where name = any($1::text[])`,
);
