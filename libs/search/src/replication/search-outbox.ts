import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import type { SearchDocument } from '../engine/search-document';
import {
  deleteConfirmed,
  releaseAllTasks,
  releaseChanged,
  releaseTask,
  selectOutboxState,
  selectSentTasks,
  selectUnsent,
  updateFailed,
  updateRejected,
  updateSent,
  upsertChanged,
  type OutboxState,
} from './search-outbox.queries';

/** A document to send to the replica in its current version; without `document` it is to be deleted there. */
export interface OutgoingDocument {
  readonly id: string;
  /** Number of the latest change. */
  readonly change: string;
  /** Failed tasks that contained this document. */
  readonly attempts: number;
  readonly document: SearchDocument | undefined;
}

/** A document and the change of it that was sent. */
export type SentChange = Pick<OutgoingDocument, 'id' | 'change'>;

/** A task of the engine that has not been settled. */
export interface SentTask {
  /** Its uid. */
  readonly task: number;
  /** How many documents it contains. */
  readonly count: number;
  readonly attempts: number;
}

/** After this many failed tasks, each smaller than the one before, a document is sent in a task of its own. */
export const maxGroupedAttempts = 3;

/** The documents that the replica has not confirmed. Triggers add rows, and only a confirmation deletes them. */
@Injectable()
export class SearchOutbox {
  constructor(private readonly database: Database) {}

  /** The documents to send next: those that failed least often, then the oldest changes. */
  async unsent(limit: number): Promise<OutgoingDocument[]> {
    const rows = await this.database.query(selectUnsent, [limit]);
    return rows.map(({ repositoryId, change, attempts, ...document }) => ({
      id: repositoryId,
      change,
      attempts,
      document: document.id === null ? undefined : document,
    }));
  }

  /** Records the task in which changes were sent. */
  async recordSent(task: number, changes: readonly SentChange[]): Promise<void> {
    const [ids, numbers] = [changes.map(({ id }) => id), changes.map(({ change }) => change)];
    await this.database.execute(updateSent, [task, ids, numbers]);
  }

  /** The tasks that are not settled, 500 at most. */
  async sentTasks(): Promise<SentTask[]> {
    const rows = await this.database.query(selectSentTasks);
    return rows.map(({ task, ...row }) => ({ task: Number(task), ...row }));
  }

  /** The task succeeded: its documents are confirmed, except those that have changed since they were sent. */
  async confirm(task: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.database.execute(deleteConfirmed, [task], manager);
      await this.database.execute(releaseChanged, [task], manager);
    });
  }

  /** The task failed for a reason that is not in its documents: they are sent again. */
  async release(task: number): Promise<void> {
    await this.database.execute(releaseTask, [task]);
  }

  /** The task failed because of a document: all of them are sent again, in smaller tasks and with growing delays. */
  async fail(task: number, error: string): Promise<void> {
    await this.database.execute(updateFailed, [task, error, maxGroupedAttempts]);
  }

  /** The same for changes that were not accepted as a task. */
  async reject(changes: readonly SentChange[], error: string): Promise<void> {
    const [ids, numbers] = [changes.map(({ id }) => id), changes.map(({ change }) => change)];
    await this.database.execute(updateRejected, [ids, numbers, error, maxGroupedAttempts]);
  }

  /** Adds documents, so that they are sent again. */
  async add(ids: readonly string[]): Promise<void> {
    await this.database.execute(upsertChanged, [ids]);
  }

  /** Makes everything unsent, because the tasks wrote to an index that is no longer in use. */
  async releaseAll(manager: EntityManager): Promise<void> {
    await this.database.execute(releaseAllTasks, [], manager);
  }

  /** How far the replica is behind. */
  async state(): Promise<OutboxState> {
    return (await this.database.queryOne(selectOutboxState, [maxGroupedAttempts]))!;
  }
}
