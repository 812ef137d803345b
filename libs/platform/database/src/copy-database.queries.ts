import { sql, withSamples } from './query';

/** A table, its name qualified and quoted as statements need it. */
export interface TableRow {
  readonly name: string;
  /** Quoted; without generated ones. */
  readonly columns: readonly string[];
  /** Bytes on disk. */
  readonly bytes: number;
}

/** A foreign key: rows of `referenced` are copied first. */
export interface ReferenceRow {
  readonly name: string;
  readonly referenced: string;
}

/** A sequence; `lastValue` is null when it was never used. */
export interface SequenceRow {
  readonly name: string;
  readonly startValue: string;
  readonly lastValue: string | null;
}

const ownSchema = `nspname !~ '^(pg_|information_schema$)'`;

/** Every table of every schema but those of the server. */
export const selectTables = sql<TableRow>(
  `select format('%I.%I', nspname, relname) as name,
     array_agg(quote_ident(attname) order by attnum) as columns, pg_table_size(pg_class.oid)::float8 as bytes
   from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''
   where relkind in ('r', 'p') and ${ownSchema}
   group by pg_class.oid, nspname, relname order by 1`,
);

/** The foreign keys between different tables. */
export const selectReferences = sql<ReferenceRow>(
  `select format('%I.%I', own.nspname, own.relname) as name,
     format('%I.%I', other.nspname, other.relname) as referenced
   from pg_constraint
     join (select pg_class.oid, nspname, relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace)
       as own on own.oid = conrelid
     join (select pg_class.oid, nspname, relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace)
       as other on other.oid = confrelid
   where contype = 'f' and conrelid <> confrelid`,
);

/** Every sequence of every schema but those of the server. */
export const selectSequences = sql<SequenceRow>(
  `select format('%I.%I', schemaname, sequencename) as name, start_value::text as "startValue",
     last_value::text as "lastValue"
   from pg_sequences join pg_namespace on nspname = schemaname where ${ownSchema} order by 1`,
);

/** $1: name of the sequence; $2: value; $3: false if the value is the next one. */
export const setSequence = sql('select setval($1::text::regclass, $2::bigint, $3)');

/** Settings on which the text of rows depends, of which checksums are made; and no limits on statements, which take long. */
export const configureSession = sql(
  `select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false),
     set_config('intervalstyle', 'postgres', false), set_config('extra_float_digits', '1', false),
     set_config('bytea_output', 'hex', false), set_config('synchronize_seqscans', 'off', false),
     set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false)`,
);

/** Until the end of the transaction, statements wait 4 s for a lock. */
export const limitLockWait = sql(`set local lock_timeout = '4s'`);

/** Until the end of the transaction, statements wait for locks as long as it takes. */
export const unlimitLockWait = sql('set local lock_timeout = 0');

/** Begins the transaction in which the source is read: all of it as it is at the first query. */
export const beginSnapshot = sql('begin isolation level repeatable read, read only');

/** When the snapshot was taken, and how many sessions of the product there are besides this one. */
export const selectSnapshot = sql<{ readonly time: Date; readonly others: number }>(
  `select now() as time, (select count(*)::integer from pg_stat_activity
     where datname = current_database() and application_name like 'central-index %' and pid <> pg_backend_pid())
     as others`,
);

/** Fails to lock while another copy writes to this database. $1: key. */
export const tryLockCopy = sql<{ readonly locked: boolean }>('select pg_try_advisory_lock($1) as locked');

/** Begins the transaction in which the target is written. */
export const beginCopy = sql('begin');

/** Commits what `beginCopy` began. */
export const commitCopy = sql('commit');

/** Statistics for the planner, which a copy does not bring along. */
export const analyzeAll = sql('analyze');

/** Locks tables against all other sessions. */
export const lockTables = withSamples(
  (names: readonly string[]) => sql(`lock table ${names.join(', ')} in access exclusive mode`),
  [['public.setting', 'public.account']],
);

/** Deletes all rows of tables, of which none is referenced by another one. */
export const truncateTables = withSamples(
  (names: readonly string[]) => sql(`truncate table ${names.join(', ')}`),
  [['public.setting']],
);

/** Turns a table's triggers off or on: rows that were made are copied as they are. */
export const setTriggers = withSamples(
  (name: string, state: 'enable' | 'disable') => sql(`alter table ${name} ${state} trigger user`),
  ['public.account', 'disable'],
  ['public.account', 'enable'],
);

/** Whether a table has a row that fulfils the condition. */
export const selectHasRows = withSamples(
  (name: string, condition: string) =>
    sql<{ readonly filled: boolean }>(`select exists (select from ${name} where ${condition}) as filled`),
  ['public.setting', 'true'],
);

/** The rows of a table, in PostgreSQL's binary format. */
export const copyOut = withSamples(
  (name: string, columns: readonly string[]) =>
    sql(`copy (select ${columns.join(', ')} from ${name}) to stdout with (format binary)`),
  ['public.setting', ['key', 'value']],
);

/** Adds rows to a table, from PostgreSQL's binary format. */
export const copyIn = withSamples(
  (name: string, columns: readonly string[]) =>
    sql(`copy ${name} (${columns.join(', ')}) from stdin with (format binary)`),
  ['public.setting', ['key', 'value']],
);

/** The number of rows of a table, and a checksum of their text that does not depend on their order. */
export const selectChecksum = withSamples(
  (name: string, columns: readonly string[]) =>
    sql<{ readonly count: string; readonly checksum: string }>(
      `select count(*)::text as count,
         coalesce(sum(hashtextextended(row(${columns.join(', ')})::text collate "C", 0)::numeric), 0)::text as checksum
       from ${name}`,
    ),
  ['public.setting', ['key', 'value']],
);
