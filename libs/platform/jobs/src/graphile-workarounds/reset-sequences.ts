import type { EntityManager } from 'typeorm';

/**
 * Lets the queue number its task and queue names from the highest number in use.
 *
 * Works around graphile-worker issue 619: each added job takes a value of two 31-bit sequences, so that after two
 * thousand million jobs none could be added.
 */
export async function resetSequences(manager: EntityManager): Promise<void> {
  for (const table of ['_private_tasks', '_private_job_queues']) {
    await manager.query(
      `select setval(pg_get_serial_sequence('graphile_worker.${table}', 'id'), max(id)) from graphile_worker.${table}
       having max(id) is not null`,
    );
  }
}
