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

/** A namespace as any caller may see it. */
export interface NamespaceView extends Pick<NamespaceEntity, 'name' | 'origin' | 'createdAt'> {
  /** Name of the account that owns it; null for official and unassigned imported ones, and when the account was disabled. */
  readonly owner: string | null;
}

const viewColumns = `namespace.name, origin, namespace.created_at as "createdAt", account.name as owner
  from namespace left join account on account.id = owner_id and account.disabled_at is null`;

/** $1: name. */
export const selectNamespaceView = sql<NamespaceView>(`select ${viewColumns} where namespace.name = $1`);

/** Those that an account is a member of, by name. $1: account; $2: last name of the page before; $3: limit. */
export const selectNamespaceViewsByMember = sql<NamespaceView>(
  `select ${viewColumns} where ${isMemberSql('$1')} and namespace.name > $2 order by namespace.name limit $3`,
);

/** A namespace as administrators see it, with its owner also when that account was disabled. */
export interface NamespaceListRow extends NamespaceView, Pick<NamespaceEntity, 'defaultVisibility'> {}

/**
 * Namespaces by name. $1: last name of the page before; $2: limit; $3: name of the owner, or null for any; $4: true for
 * those without an owner only.
 */
export const selectNamespaces = sql<NamespaceListRow>(
  `select namespace.name, account.name as owner, namespace.origin,
     namespace.default_visibility as "defaultVisibility", namespace.created_at as "createdAt"
   from namespace left join account on account.id = namespace.owner_id
   where namespace.name > $1 and ($3::text is null or account.name = $3)
     and (not $4::boolean or namespace.owner_id is null)
   order by namespace.name limit $2`,
);
