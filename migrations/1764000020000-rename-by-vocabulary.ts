import type { MigrationInterface, QueryRunner } from 'typeorm';
import { comments, formerComments } from './1764000020000-comments';
import { JobNames, renameFacts, renameJobs } from './1764000020000-jobs';

type Name = readonly [former: string, present: string];

const tables: readonly Name[] = [
  ['waiting_fact', 'fact_outbox'],
  ['identity_token', 'refresh_token'],
  ['known_address', 'sign_in_address'],
  ['errand', 'operation'],
  ['registry_sweep', 'registry_reconcile'],
  ['tag_removal', 'tag_deletion'],
  ['pull_visitor', 'unique_pull'],
  ['search_mirror', 'search_replica'],
];

const columns: Readonly<Record<string, readonly Name[]>> = {
  fact_outbox: [['ids', 'payload']],
  operation: [
    ['failure', 'error'],
    ['actor', 'requested_by'],
    ['asked_at', 'created_at'],
  ],
  registry_reconcile: [
    ['removed', 'deleted'],
    ['failure', 'error'],
  ],
  tag_deletion: [
    ['actor', 'requested_by'],
    ['asked_at', 'requested_at'],
  ],
  unique_pull: [['stored_at', 'recorded_at']],
  repository: [
    ['visits', 'unique_pulls'],
    ['removed_at', 'deleted_at'],
  ],
  manifest_request: [
    ['counted', 'counted_as'],
    ['stored_at', 'recorded_at'],
  ],
  missing_tag: [['since', 'missing_since']],
  search_document: [['place', 'rank_key']],
  search_posting: [['place', 'rank_key']],
  search_spelling: [['rest', 'deletion_key']],
  search_replica: [
    ['built_to', 'built_up_to'],
    ['checked_to', 'checked_up_to'],
    ['checked_whole_at', 'full_check_at'],
  ],
  search_outbox: [
    ['noted_at', 'pending_since'],
    ['failure', 'error'],
  ],
};

// Functions, and the names in their bodies that change.
const functions: readonly (readonly [...Name, readonly Name[]])[] = [
  ['tell_changes', 'notify_changes', []],
  ['note_search_change', 'record_search_change', [['search_mirror', 'search_replica']]],
  [
    'note_search_update',
    'record_search_update',
    [
      ['search_mirror', 'search_replica'],
      ['place', 'rank_key'],
    ],
  ],
  ['search_document_post', 'search_document_post', [['place', 'rank_key']]],
  ['hold_lookalike_namespace', 'refuse_lookalike_namespace', []],
  ['raise_repository_version', 'increment_repository_version', []],
];

const notifyingTables = ['account', 'access_token', 'registry', 'namespace', 'repository', 'signing_key'];
const statements = ['insert', 'update', 'delete'];
const queues: readonly Name[] = [['errands', 'operations']];

const flip = ([former, present]: Name): Name => [present, former];

/** Renames tables, columns, states, functions and jobs to the usual terms of the field. Older code cannot run on the result. */
export class RenameByVocabulary1764000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) await renameTable(runner, table);
    for (const [table, names] of Object.entries(columns)) await renameColumns(runner, table, names);
    await runner.query(presentStates);
    for (const [former, present, words] of functions) await renameFunction(runner, [former, present], words);
    await renameNotifying(runner, ([former, present]) => [former, present]);
    await writeComments(runner, comments);
    await renameFacts(runner, JobNames.forward);
    await renameJobs(runner, JobNames.forward, queues);
    await runner.query('insert into schema_requirement (migration, oldest_code) values ($1, $2)', [
      RenameByVocabulary1764000020000.name,
      '1764000020000',
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('delete from schema_requirement where migration = $1', [
      RenameByVocabulary1764000020000.name,
    ]);
    await renameJobs(runner, JobNames.backward, queues.map(flip));
    await renameFacts(runner, JobNames.backward);
    await writeComments(runner, formerComments);
    await renameNotifying(runner, flip);
    for (const [former, present, words] of functions)
      await renameFunction(runner, [present, former], words.map(flip));
    await runner.query(formerStates);
    for (const [table, names] of Object.entries(columns)) await renameColumns(runner, table, names.map(flip));
    for (const table of tables) await renameTable(runner, flip(table));
  }
}

// The API returns stored results as they are, so their fields are renamed like the columns of registry_reconcile.
const presentStates = `
  alter table operation drop constraint operation_state_check;
  update operation set state = case state when 'waiting' then 'pending' when 'done' then 'succeeded' else state end;
  update operation set result = result - 'removed' - 'failure'
           || jsonb_build_object('deleted', result -> 'removed', 'error', result -> 'failure')
   where kind = 'reconcile' and result ?& array['removed', 'failure'];
  alter table operation alter column state set default 'pending',
    add constraint operation_state_check check (state in ('pending', 'running', 'succeeded', 'failed'));

  alter table registry_event drop constraint registry_event_state_check;
  drop index registry_event_waiting_idx;
  update registry_event set state = 'pending' where state = 'stored';
  alter table registry_event alter column state set default 'pending',
    add constraint registry_event_state_check check (state in ('pending', 'applied', 'parked'));
  create index registry_event_pending_idx on registry_event (registry_id, id) where state = 'pending';
`;

// The former code calls an operation waiting while it runs.
const formerStates = `
  drop index registry_event_pending_idx;
  alter table registry_event drop constraint registry_event_state_check;
  update registry_event set state = 'stored' where state = 'pending';
  alter table registry_event alter column state set default 'stored',
    add constraint registry_event_state_check check (state in ('stored', 'applied', 'parked'));
  create index registry_event_waiting_idx on registry_event (registry_id, id) where state = 'stored';

  alter table operation drop constraint operation_state_check;
  update operation
     set state = case state when 'pending' then 'waiting' when 'running' then 'waiting' when 'succeeded' then 'done'
                            else state end;
  update operation set result = result - 'deleted' - 'error'
           || jsonb_build_object('removed', result -> 'deleted', 'failure', result -> 'error')
   where kind = 'reconcile' and result ?& array['deleted', 'error'];
  alter table operation alter column state set default 'waiting',
    add constraint operation_state_check check (state in ('waiting', 'done', 'failed'));
`;

async function runEach(runner: QueryRunner, query: string, values: unknown[]): Promise<void> {
  const rows = (await runner.query(query, values)) as { sql: string }[];
  for (const { sql } of rows) await runner.query(sql);
}

// PostgreSQL does not rename constraints, indexes and sequences with their table.
async function renameTable(runner: QueryRunner, [from, to]: Name): Promise<void> {
  await runner.query(`alter table ${from} rename to ${to}`);
  await runEach(
    runner,
    `with owned as (
       select format('table %s rename constraint', conrelid::regclass) as what, conname as name
         from pg_constraint where conrelid = $2::regclass
       union all
       select 'index ' || indexrelid::regclass || ' rename', relname
         from pg_index join pg_class on pg_class.oid = indexrelid
        where indrelid = $2::regclass and not exists (
          select from pg_constraint where conindid = indexrelid and conrelid = indrelid)
       union all
       select 'sequence ' || objid::regclass || ' rename', relname
         from pg_depend join pg_class on pg_class.oid = objid
        where classid = 'pg_class'::regclass and refobjid = $2::regclass and deptype = 'i' and relkind = 'S'
     )
     select format('alter %s %s to %I', what, case when what like 'table %' then quote_ident(name) else '' end,
                   $2::text || substr(name, length($1::text) + 1)) as sql
       from owned where starts_with(name, $1::text || '_')`,
    [from, to],
  );
}

// Since version 18 PostgreSQL has named not-null constraints, after their columns.
async function renameColumns(runner: QueryRunner, table: string, names: readonly Name[]): Promise<void> {
  for (const [from, to] of names) await runner.query(`alter table ${table} rename column ${from} to ${to}`);
  await runEach(
    runner,
    `select format('alter table %s rename constraint %I to %I', conrelid::regclass, conname, wanted) as sql
       from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1],
            lateral (select $1::text || '_' || attname || '_not_null' as wanted) as naming
      where conrelid = $1::regclass and contype = 'n' and conname <> wanted`,
    [table],
  );
}

// The new body is PostgreSQL's own definition with names replaced, so that the logic cannot change. `create or replace`
// keeps the triggers that call the function.
async function renameFunction(runner: QueryRunner, [from, to]: Name, words: readonly Name[]): Promise<void> {
  if (from !== to) await runner.query(`alter function ${from} rename to ${to}`);
  if (words.length === 0) return;
  const [row] = (await runner.query('select pg_get_functiondef($1::text::regproc) as definition', [to])) as {
    definition: string;
  }[];
  const definition = words.reduce(
    (text, [former, present]) => text.replaceAll(new RegExp(`\\b${former}\\b`, 'g'), present),
    row!.definition,
  );
  await runner.query(definition);
}

async function renameNotifying(runner: QueryRunner, direct: (name: Name) => Name): Promise<void> {
  for (const table of notifyingTables) {
    for (const statement of statements) {
      const [trigger, renamed] = direct([`${table}_tell_${statement}`, `${table}_notify_${statement}`]);
      await runner.query(`alter trigger ${trigger} on ${table} rename to ${renamed}`);
      const name = direct([`tell_${table}_${statement}`, `notify_${table}_${statement}`]);
      await renameFunction(runner, name, [direct(['tell_changes', 'notify_changes'])]);
    }
  }
}

async function writeComments(runner: QueryRunner, texts: Readonly<Record<string, string>>): Promise<void> {
  const sql = Object.entries(texts).map(
    ([on, text]) => `comment on ${on} is '${text.replaceAll("'", "''")}'`,
  );
  await runner.query(sql.join(';\n'));
}
