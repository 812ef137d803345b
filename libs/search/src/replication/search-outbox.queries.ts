import { sql } from '@central-index/platform/database';
import type { JoinedDocument } from '../meilisearch/pending-documents.queries';
import { documentColumns } from '../postgres/storage/document-columns';

type UnsentRow = JoinedDocument & {
  readonly repositoryId: string;
  readonly change: string;
  readonly attempts: number;
};

interface TaskRow {
  readonly task: string;
  readonly count: number;
  readonly attempts: number;
}

/** Size and age of the outbox. */
export interface OutboxState {
  /** Documents that the replica has not confirmed in their current version. */
  readonly pending: number;
  /** Those of them that the engine rejected. */
  readonly rejected: number;
  /** Age in seconds of the oldest pending document that was not rejected; 0 if there is none. */
  readonly lag: number;
}

// Retries in shared tasks are immediate. Once a document is alone in its task, the delay grows by 30 s per failure.
const nextRetry = (maxGroupedAttempts: string): string =>
  `now() + least(greatest(attempts - ${maxGroupedAttempts} + 1, 0) * interval '30 seconds', interval '1 hour')`;

/**
 * The documents to send next, $1 at most. Rows are selected because they are unsent, not because their change number is
 * higher than the last one: a transaction may commit after others with higher numbers. Without document columns: the
 * document was deleted or is private.
 */
export const selectUnsent = sql<UnsentRow>(
  `select outbox.repository_id as "repositoryId", outbox.change, outbox.attempts, ${documentColumns}
   from search_outbox outbox left join search_document document
     on document.repository_id = outbox.repository_id and not document.private
   where outbox.task is null and (outbox.retry_at is null or outbox.retry_at <= now())
   order by outbox.attempts, outbox.change limit $1`,
);

/** $1: task; $2: repository ids; $3: the change of each that was sent. */
export const updateSent = sql(
  `update search_outbox outbox set task = $1, sent_change = sent.change
   from unnest($2::bigint[], $3::bigint[]) as sent(id, change) where outbox.repository_id = sent.id`,
);

/** The tasks that documents were sent in, the oldest 500. */
export const selectSentTasks = sql<TaskRow>(
  `select task, count(*)::int as count, max(attempts) as attempts from search_outbox
   where task is not null group by task order by task limit 500`,
);

/** Deletes what a task has confirmed; what has changed since it was sent stays. $1: task. */
export const deleteConfirmed = sql('delete from search_outbox where task = $1 and change = sent_change');

/** The replica has confirmed an older version of these documents, so their lag starts now. $1: task. */
export const releaseChanged = sql(
  'update search_outbox set task = null, pending_since = now() where task = $1',
);

/** $1: task. */
export const releaseTask = sql('update search_outbox set task = null where task = $1');

/** Makes everything unsent. */
export const releaseAllTasks = sql('update search_outbox set task = null where task is not null');

/** $1: task; $2: error; $3: attempts in a shared task. */
export const updateFailed = sql(
  `update search_outbox set task = null, attempts = attempts + 1, error = $2, retry_at = ${nextRetry('$3::int')}
   where task = $1`,
);

/** $1: repository ids; $2: the change of each that was rejected; $3: error; $4: attempts in a shared task. */
export const updateRejected = sql(
  `update search_outbox outbox set attempts = attempts + 1, error = $3, retry_at = ${nextRetry('$4::int')}
   from unnest($1::bigint[], $2::bigint[]) as rejected(id, change)
   where outbox.repository_id = rejected.id and outbox.change = rejected.change`,
);

/** Adds documents, or marks them as changed. $1: repository ids. */
export const upsertChanged = sql(
  `insert into search_outbox (repository_id, change)
   select id, nextval('search_outbox_change_seq') from unnest($1::bigint[]) as id order by id
   on conflict (repository_id) do update set change = excluded.change, attempts = 0, retry_at = null`,
);

/** $1: attempts in a shared task; a document that failed more often counts as rejected. */
export const selectOutboxState = sql<OutboxState>(
  `select count(*)::int as pending, (count(*) filter (where attempts > $1))::int as rejected,
     coalesce(extract(epoch from now() - min(pending_since) filter (where attempts <= $1)), 0)::float8 as lag
   from search_outbox`,
);
