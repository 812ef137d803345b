import { sql } from './query';

/** What a connection says about its server and its database. */
export interface ServerRow {
  readonly backend: number;
  readonly version: number;
  readonly version_name: string;
  readonly database: string;
  readonly encoding: string;
  readonly user: string;
  /** The first schema of the search path that exists; null if none does. */
  readonly schema: string | null;
  readonly may_create_tables: boolean | null;
  readonly may_create_schemas: boolean;
  readonly has_queue: boolean;
}

/** The server, the database, and what the user may create in it. */
export const selectServer = sql<ServerRow>(
  `select pg_backend_pid() as backend, current_setting('server_version_num')::int as version,
          current_setting('server_version') as version_name, current_database() as database,
          pg_encoding_to_char(encoding)::text as encoding, current_user::text as user,
          current_schema()::text as schema, has_schema_privilege(current_schema(), 'create') as may_create_tables,
          has_database_privilege(current_database(), 'create') as may_create_schemas,
          to_regnamespace('graphile_worker') is not null as has_queue
     from pg_database where datname = current_database()`,
);

/** The session of the server in which the statement runs. */
export const selectBackend = sql<{ readonly backend: number }>('select pg_backend_pid() as backend');

/** Schemas and tables of the product that the user may not use fully. */
export const selectForbidden = sql<{ readonly what: string }>(
  `select 'USAGE on schema ' || nspname as what from pg_namespace
    where nspname in (current_schema(), 'graphile_worker') and not has_schema_privilege(oid, 'usage')
   union all
   select 'SELECT, INSERT, UPDATE and DELETE on table ' || nspname || '.' || relname
     from pg_class join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'p') and has_schema_privilege(n.oid, 'usage')
      and (nspname = 'graphile_worker'
           or nspname = current_schema()
              and relowner = (select relowner from pg_class where oid = to_regclass('schema_migration')))
      and not (has_table_privilege(pg_class.oid, 'select') and has_table_privilege(pg_class.oid, 'insert')
               and has_table_privilege(pg_class.oid, 'update') and has_table_privilege(pg_class.oid, 'delete'))
    order by what desc`,
);
