import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { documentColumns } from '../postgres/storage/document-columns';
import type { SearchDocument } from '../engine/search-document';

/** One document to bring to the engine as it is now; without `document` it has to go. */
export interface Outgoing {
  readonly id: string;
  readonly change: string;
  readonly attempts: number;
  readonly document: SearchDocument | undefined;
}

/** A task that was given to the engine. */
export interface SentTask {
  readonly task: number;
  readonly count: number;
  readonly attempts: number;
}

/** How far the engine is behind. */
export interface OutboxState {
  /** Documents that it has not confirmed as they are. */
  readonly pending: number;
  /** Of these, the ones that it refused. */
  readonly rejected: number;
  /** Seconds since the oldest of the others began to wait. */
  readonly lag: number;
}

/** After so many failed tasks, each smaller than the one before, a document that was alone in its task counts as refused. */
export const attemptsToAlone = 3;

/** The notes of what the second engine has not confirmed. Written by triggers, taken away by confirmation only. */
@Injectable()
export class SearchOutbox {
  constructor(private readonly database: Database) {}

  /**
   * What to send next. Changes are found because they are not sent, never by being numbered higher than the last: a
   * transaction that commits late is not passed over.
   */
  async next(limit: number): Promise<Outgoing[]> {
    const rows = await this.database.rows<
      SearchDocument & { noteId: string; change: string; attempts: number }
    >(
      `select note.repository_id as "noteId", note.change, note.attempts, ${documentColumns}
       from search_outbox note left join search_document document
         on document.repository_id = note.repository_id and not document.private
       where note.task is null and (note.retry_at is null or note.retry_at <= now())
       order by note.attempts, note.change limit $1`,
      [limit],
    );
    return rows.map(({ noteId, change, attempts, ...document }) => ({
      id: noteId,
      change,
      attempts,
      document: document.id === null ? undefined : document,
    }));
  }

  /** Notes that a task was given for documents as of these changes. */
  async sent(task: number, outgoing: readonly Pick<Outgoing, 'id' | 'change'>[]): Promise<void> {
    await this.database.rows(
      `update search_outbox note set task = $1, sent_change = given.change
       from unnest($2::bigint[], $3::bigint[]) as given(id, change) where note.repository_id = given.id`,
      [task, outgoing.map(({ id }) => id), outgoing.map(({ change }) => change)],
    );
  }

  /** The tasks that are out. */
  async sentTasks(): Promise<SentTask[]> {
    const rows = await this.database.rows<{ task: string; count: number; attempts: number }>(
      `select task, count(*)::int as count, max(attempts) as attempts from search_outbox
       where task is not null group by task order by task limit 500`,
    );
    return rows.map(({ task, ...row }) => ({ task: Number(task), ...row }));
  }

  /** The task succeeded: its documents are confirmed, unless they changed again since they were sent. */
  async confirm(task: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('delete from search_outbox where task = $1 and change = sent_change', [task]);
      await manager.query('update search_outbox set task = null, pending_since = now() where task = $1', [
        task,
      ]);
    });
  }

  /** The task came to nothing, through no fault of its documents: they are sent again. */
  async release(task: number): Promise<void> {
    await this.database.rows('update search_outbox set task = null where task = $1', [task]);
  }

  /** The task failed. Its documents are sent again in smaller tasks, and the one that is to blame alone, ever later. */
  async fail(task: number, failure: string): Promise<void> {
    await this.database.rows(
      `update search_outbox set task = null, attempts = attempts + 1, error = $2,
         retry_at = now() + least(greatest(attempts - $3::int + 1, 0) * interval '30 seconds', interval '1 hour')
       where task = $1`,
      [task, failure, attemptsToAlone],
    );
  }

  /** The same for documents that could not even be given to a task. */
  async reject(outgoing: readonly Pick<Outgoing, 'id' | 'change'>[], failure: string): Promise<void> {
    await this.database.rows(
      `update search_outbox note set attempts = attempts + 1, error = $3,
         retry_at = now() + least(greatest(attempts - $4::int + 1, 0) * interval '30 seconds', interval '1 hour')
       from unnest($1::bigint[], $2::bigint[]) as given(id, change)
       where note.repository_id = given.id and note.change = given.change`,
      [outgoing.map(({ id }) => id), outgoing.map(({ change }) => change), failure, attemptsToAlone],
    );
  }

  /** Notes documents as not confirmed, whatever is known of them. */
  async record(ids: readonly string[]): Promise<void> {
    await this.database.rows(
      `insert into search_outbox (repository_id, change)
       select id, nextval('search_outbox_change_seq') from unnest($1::bigint[]) as id order by id
       on conflict (repository_id) do update set change = excluded.change, attempts = 0, retry_at = null`,
      [ids],
    );
  }

  /** Lets everything be sent again: what was sent went to an index that is no longer the one in use. */
  async resetTasks(manager: EntityManager): Promise<void> {
    await manager.query('update search_outbox set task = null where task is not null');
  }

  async state(): Promise<OutboxState> {
    const [row] = await this.database.rows<OutboxState>(
      `select count(*)::int as pending, (count(*) filter (where attempts > $1))::int as rejected,
         coalesce(extract(epoch from now() - min(pending_since) filter (where attempts <= $1)), 0)::float8 as lag
       from search_outbox`,
      [attemptsToAlone],
    );
    return row!;
  }
}
