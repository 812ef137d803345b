import type { Client } from 'pg';

/** A job, or a fact in `fact_outbox`, as it is before or after the migration. */
interface Renamed {
  readonly task: string;
  readonly key?: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const job = (task: string, payload: Renamed['payload'], key?: string): Renamed => ({ task, payload, key });
const fact = (task: string, payload: Renamed['payload']): Renamed =>
  job(
    task,
    payload,
    [task, ...Object.entries(payload).map(([name, value]) => `${name}=${String(value)}`)].join(':'),
  );

const cron = { _cron: { ts: '2026-02-20T03:00:00.000Z', backfilled: false } };

/** Jobs of every name, before and after the migration. */
export const jobs: readonly (readonly [before: Renamed, after: Renamed])[] = [
  [fact('registry.reported', { registryId: '1' }), fact('registry.events-received', { registryId: '1' })],
  [fact('registry.overflowed', { registryId: '2' }), fact('registry.event-oversized', { registryId: '2' })],
  [
    fact('push.reported-early', { eventId: '7', look: '2' }),
    fact('tag.recheck-requested', { eventId: '7', attempt: 2 }),
  ],
  [
    fact('tag.removal-asked', { repositoryId: '1', tag: 'look' }),
    fact('tag.deletion-requested', { repositoryId: '1', tag: 'look' }),
  ],
  [
    fact('repository.left', { repositoryId: '1', registryId: '2', registryPath: 'errand.asked' }),
    fact('repository.moved-away', { repositoryId: '1', registryId: '2', registryPath: 'errand.asked' }),
  ],
  [fact('repository.removed', { repositoryId: '4' }), fact('repository.deleted', { repositoryId: '4' })],
  [fact('repository.changed', { repositoryId: '3' }), fact('repository.changed', { repositoryId: '3' })],
  [fact('errand.asked', { errandId: '1' }), fact('operation.requested', { operationId: '1' })],
  [
    job('repositories.imported', { repositoryIds: '1,2,9007199254740993' }),
    job('repositories.imported', { repositoryIds: ['1', '2', '9007199254740993'] }),
  ],
  [
    job('repositories.imported', { repositoryIds: '4' }, 'repositories.imported:repositoryIds=4'),
    job('repositories.imported', { repositoryIds: ['4'] }, 'repositories.imported:repositoryIds=4'),
  ],
  [
    job('registry.sweep', { registryId: '1' }, 'registry.sweep:1'),
    job('registry.reconcile', { registryId: '1' }, 'registry.reconcile:1'),
  ],
  [
    job('registry.sweep-fully', { registryId: '1' }, 'registry.sweep-fully:1'),
    job('registry.reconcile-full', { registryId: '1' }, 'registry.reconcile-full:1'),
  ],
  // A fact with several handlers has a job per handler.
  [
    job(
      'push.reported-early/look',
      { eventId: '8', look: '1' },
      'push.reported-early/look:push.reported-early:eventId=8:look=1',
    ),
    job(
      'tag.recheck-requested/recheck',
      { eventId: '8', attempt: 1 },
      'tag.recheck-requested/recheck:tag.recheck-requested:eventId=8:attempt=1',
    ),
  ],
  [
    job('registry.sweep/sweep', { registryId: '2' }, 'registry.sweep/sweep:17'),
    job('registry.reconcile/reconcile', { registryId: '2' }, 'registry.reconcile/reconcile:17'),
  ],
  [
    job(
      'registry.reported/apply',
      { registryId: '3' },
      'registry.reported/apply:registry.reported:registryId=3',
    ),
    job(
      'registry.events-received/apply',
      { registryId: '3' },
      'registry.events-received/apply:registry.events-received:registryId=3',
    ),
  ],
  [job('registries.sweep', cron), job('registries.reconcile', cron)],
  [job('registries.sweep-fully', cron), job('registries.reconcile-full', cron)],
  [job('logins.forget', cron), job('refresh-tokens.purge', cron)],
  [job('pulls.forget', cron), job('pulls.purge', cron)],
  [job('events.forget', cron), job('events.purge', cron)],
  [job('search.fade', cron), job('search.decay', cron)],
  [job('search.pack', cron), job('search.reindex', cron)],
  [job('jobs.renumber', cron), job('jobs.reset-sequences', cron)],
  [job('keys.rotate', cron), job('keys.rotate', cron)],
];

/** Facts in `fact_outbox`, before and after the migration. */
export const facts: readonly (readonly [before: Renamed, after: Renamed])[] = [
  [job('repository.changed', { repositoryId: '1' }), job('repository.changed', { repositoryId: '1' })],
  [
    job('push.reported-early', { eventId: '9', look: '3' }),
    job('tag.recheck-requested', { eventId: '9', attempt: 3 }),
  ],
];

/** Adds the jobs and facts as they are before the migration. */
export async function addJobs(client: Client): Promise<void> {
  for (const [at, [{ task, key, payload }]] of jobs.entries()) {
    await client.query(
      `select graphile_worker.add_job($1, $2, $3, '2026-02-20T03:04:05Z'::timestamptz + make_interval(secs => $4), 7, $5, 3,
                                      array['flag'])`,
      [task, payload, ['errands', 'registry:1', null][at % 3], at, key ?? null],
    );
  }
  await client.query(
    `update graphile_worker._private_jobs set attempts = 2, last_error = 'registry answered 503' where id % 5 = 1;
     update graphile_worker._private_jobs set attempts = max_attempts where id % 5 = 2;
     update graphile_worker._private_jobs set locked_at = '2026-02-20T03:05Z', locked_by = 'worker-1' where id % 5 = 3;
     update graphile_worker._private_job_queues set locked_at = '2026-02-20T03:05Z', locked_by = 'worker-1'
      where queue_name = 'registry:1';
     insert into graphile_worker._private_known_crontabs
       select identifier, '2026-01-01Z', '2026-02-20T03:00Z' from graphile_worker._private_tasks
        where identifier ~ '^(registries|logins|pulls|events|search|jobs|keys)[.]'`,
  );
  for (const [{ task, payload }] of facts) {
    await client.query('insert into waiting_fact (type, ids) values ($1, $2)', [task, payload]);
  }
}
