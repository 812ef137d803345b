import type { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { resetSequence } from './reset-sequences.queries';

/**
 * Lets the queue number its task and queue names from the highest number in use.
 *
 * Works around graphile-worker issue 619: each added job takes a value of two 31-bit sequences, even where no row is
 * inserted, so that after 2,147,483,647 jobs none can be added and no worker can start. Can go with the first release
 * that contains graphile-worker's pull request 623.
 */
export async function resetSequences(database: Database, manager: EntityManager): Promise<void> {
  for (const query of [resetSequence.tasks, resetSequence.queues]) {
    await database.execute(query, [], manager);
  }
}
