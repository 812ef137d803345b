import type { QueryRunner } from 'typeorm';

type Payload = Readonly<Record<string, unknown>>;

/** A fact or job of which the name, the names of handlers or the payload change. */
interface JobRename {
  readonly from: string;
  readonly to: string;
  readonly handlers?: Readonly<Record<string, string>>;
  /** Fields of the payload, which the key of the job repeats as `field=value`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Changes the payload after its fields are renamed. */
  readonly convert?: (payload: Payload) => Payload;
}

const forward: readonly JobRename[] = [
  { from: 'registry.reported', to: 'registry.events-received' },
  {
    from: 'push.reported-early',
    to: 'tag.recheck-requested',
    handlers: { look: 'recheck' },
    fields: { look: 'attempt' },
    convert: ({ attempt, ...rest }) => ({ ...rest, attempt: Number(attempt) }),
  },
  {
    from: 'registry.overflowed',
    to: 'registry.event-oversized',
    handlers: { sweep: 'reconcile' },
  },
  { from: 'registry.sweep', to: 'registry.reconcile', handlers: { sweep: 'reconcile' } },
  { from: 'registry.sweep-fully', to: 'registry.reconcile-full', handlers: { sweep: 'reconcile' } },
  { from: 'repository.removed', to: 'repository.deleted' },
  { from: 'repository.left', to: 'repository.moved-away' },
  { from: 'tag.removal-asked', to: 'tag.deletion-requested' },
  { from: 'errand.asked', to: 'operation.requested', fields: { errandId: 'operationId' } },
  {
    from: 'repositories.imported',
    to: 'repositories.imported',
    convert: (payload) => ({ ...payload, repositoryIds: String(payload.repositoryIds).split(',') }),
  },
  { from: 'registries.sweep', to: 'registries.reconcile' },
  { from: 'registries.sweep-fully', to: 'registries.reconcile-full' },
  { from: 'logins.forget', to: 'refresh-tokens.purge' },
  { from: 'pulls.forget', to: 'pulls.purge' },
  { from: 'events.forget', to: 'events.purge' },
  { from: 'search.fade', to: 'search.decay' },
  { from: 'search.pack', to: 'search.reindex' },
  { from: 'jobs.renumber', to: 'jobs.reset-sequences' },
];

const backwardConversions: Readonly<Record<string, JobRename['convert']>> = {
  'tag.recheck-requested': ({ look, ...rest }) => ({ ...rest, look: String(look) }),
  'repositories.imported': (payload) => ({ ...payload, repositoryIds: String(payload.repositoryIds) }),
};

const flip = (names: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]));

/** Renames facts and jobs, their keys and payloads, in one direction. */
export class JobNames {
  static readonly forward = new JobNames(forward);
  static readonly backward = new JobNames(
    forward.map(({ from, to, handlers, fields }) => ({
      from: to,
      to: from,
      handlers: flip(handlers),
      fields: flip(fields),
      convert: backwardConversions[to],
    })),
  );

  private readonly renames: ReadonlyMap<string, JobRename>;

  private constructor(renames: readonly JobRename[]) {
    this.renames = new Map(renames.map((rename) => [rename.from, rename]));
  }

  /** Names of the facts and jobs that change. */
  get affected(): string[] {
    return [...this.renames.keys()];
  }

  /** Renames a task: a fact, a job, or `fact/handler` where a fact has several handlers. */
  task(identifier: string): string {
    const [fact, handler] = identifier.split('/') as [string, string?];
    const rename = this.renames.get(fact);
    if (rename === undefined) return identifier;
    return handler === undefined ? rename.to : `${rename.to}/${rename.handlers?.[handler] ?? handler}`;
  }

  /** Renames a job's key: `fact:field=value:…`, `job:value`, or either of them after `fact/handler:`. */
  key(key: string): string {
    const [task, ...rest] = key.split(':') as [string, ...string[]];
    if (task.includes('/')) return `${this.task(task)}:${this.key(rest.join(':'))}`;
    const fields = this.renames.get(task)?.fields ?? {};
    const renamed = rest.map((part) => part.replace(/^\w+(?==)/, (field) => fields[field] ?? field));
    return [this.task(task), ...renamed].join(':');
  }

  /** Renames and converts the payload of a task. */
  payload(task: string, payload: Payload): Payload {
    const rename = this.renames.get(task.split('/')[0]!);
    if (rename === undefined) return payload;
    const renamed = Object.entries(payload).map(([field, value]) => [rename.fields?.[field] ?? field, value]);
    const fields = Object.fromEntries(renamed) as Payload;
    return rename.convert?.(fields) ?? fields;
  }
}

/** Renames the facts in `fact_outbox`. */
export async function renameFacts(runner: QueryRunner, names: JobNames): Promise<void> {
  const rows = (await runner.query('select id::text, type, payload from fact_outbox where type = any($1)', [
    names.affected,
  ])) as { id: string; type: string; payload: Payload }[];
  const renamed = rows.map(({ id, type, payload }) => ({
    id,
    type: names.task(type),
    payload: names.payload(type, payload),
  }));
  await runner.query(
    `update fact_outbox as fact set type = renamed.type, payload = renamed.payload
       from json_to_recordset($1::json) as renamed(id bigint, type text, payload json) where fact.id = renamed.id`,
    [JSON.stringify(renamed)],
  );
}

type Job = { id: string; task: string; key: string | null; payload: Payload; running: boolean };

/**
 * Renames jobs, their keys and payloads, tasks, queues and known schedules in the tables of graphile-worker 0.16, if
 * they exist. Where the old and the new name both exist, their rows are merged.
 */
export async function renameJobs(runner: QueryRunner, names: JobNames, queues: Names): Promise<void> {
  const [queue] = (await runner.query(
    `select to_regclass('graphile_worker._private_jobs') is not null as present`,
  )) as { present: boolean }[];
  if (!queue?.present) return;
  const jobs = (await runner.query(
    `select job.id::text, task.identifier as task, job.key, job.payload, job.locked_at is not null as running
       from graphile_worker._private_jobs as job join graphile_worker._private_tasks as task on task.id = task_id
      where split_part(task.identifier, '/', 1) = any($1)`,
    [names.affected],
  )) as Job[];
  await updateJobs(runner, names, jobs);
  const tasks = (await runner.query('select identifier from graphile_worker._private_tasks')) as {
    identifier: string;
  }[];
  const taskNames = tasks.map(({ identifier }): [string, string] => [identifier, names.task(identifier)]);
  await renameNumbered(runner, { table: '_private_tasks', name: 'identifier', job: 'task_id' }, taskNames);
  await renameNumbered(
    runner,
    { table: '_private_job_queues', name: 'queue_name', job: 'job_queue_id' },
    queues,
  );
  await renameSchedules(runner, names);
}

type Names = readonly (readonly [from: string, to: string])[];

async function updateJobs(runner: QueryRunner, names: JobNames, jobs: readonly Job[]): Promise<void> {
  const present = await jobsByKey(
    runner,
    jobs.flatMap(({ key }) => (key === null ? [] : [names.key(key)])),
  );
  const renamed: Pick<Job, 'id' | 'key' | 'payload'>[] = [];
  for (const job of jobs) {
    let key = job.key === null ? null : names.key(job.key);
    const other = key === null || key === job.key ? undefined : present.get(key);
    // As in the queue itself, a running job gives up its key, and one pending job replaces another.
    if (other !== undefined && job.running) key = null;
    else if (other !== undefined && other.running) await releaseKey(runner, other);
    else if (other !== undefined) {
      await mergeJobs(runner, job, other);
      continue;
    }
    renamed.push({ id: job.id, key, payload: names.payload(job.task, job.payload) });
  }
  await runner.query(
    `update graphile_worker._private_jobs as job set key = renamed.key, payload = renamed.payload
       from json_to_recordset($1::json) as renamed(id bigint, key text, payload json) where job.id = renamed.id`,
    [JSON.stringify(renamed)],
  );
}

type KeyedJob = Pick<Job, 'id' | 'running'>;

async function jobsByKey(runner: QueryRunner, keys: readonly string[]): Promise<Map<string, KeyedJob>> {
  const rows = (await runner.query(
    `select key, id::text, locked_at is not null as running
       from graphile_worker._private_jobs where key = any($1)`,
    [keys],
  )) as (KeyedJob & { key: string })[];
  return new Map(rows.map((row) => [row.key, row]));
}

async function releaseKey(runner: QueryRunner, { id }: KeyedJob): Promise<void> {
  await runner.query('update graphile_worker._private_jobs set key = null where id = $1', [id]);
}

async function mergeJobs(runner: QueryRunner, job: KeyedJob, into: KeyedJob): Promise<void> {
  await runner.query(
    `with merged as (delete from graphile_worker._private_jobs where id = $1 returning *)
     update graphile_worker._private_jobs as job
        set run_at = least(job.run_at, merged.run_at), attempts = least(job.attempts, merged.attempts),
            max_attempts = greatest(job.max_attempts, merged.max_attempts)
       from merged where job.id = $2`,
    [job.id, into.id],
  );
}

// Tasks and queues have a name, and jobs refer to them by number.
async function renameNumbered(
  runner: QueryRunner,
  { table, name, job }: { table: string; name: string; job: string },
  names: Names,
): Promise<void> {
  for (const [from, to] of names.filter(([former, present]) => former !== present)) {
    await runner.query(
      `update graphile_worker._private_jobs set ${job} = present.id
         from graphile_worker.${table} as former, graphile_worker.${table} as present
        where ${job} = former.id and former.${name} = $1 and present.${name} = $2`,
      [from, to],
    );
    await runner.query(
      `delete from graphile_worker.${table} where ${name} = $1
         and exists (select from graphile_worker.${table} where ${name} = $2)`,
      [from, to],
    );
    await runner.query(`update graphile_worker.${table} set ${name} = $2 where ${name} = $1`, [from, to]);
  }
}

// Without its last_execution a schedule could run twice in the same minute.
async function renameSchedules(runner: QueryRunner, names: JobNames): Promise<void> {
  for (const from of names.affected) {
    const to = names.task(from);
    if (from === to) continue;
    await runner.query(
      `with former as (delete from graphile_worker._private_known_crontabs where identifier = $1 returning *)
       insert into graphile_worker._private_known_crontabs as present (identifier, known_since, last_execution)
       select $2, known_since, last_execution from former
       on conflict (identifier) do update set known_since = least(present.known_since, excluded.known_since),
         last_execution = greatest(present.last_execution, excluded.last_execution)`,
      [from, to],
    );
  }
}
