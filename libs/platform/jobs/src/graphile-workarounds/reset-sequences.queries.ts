import { sql } from '@central-index/platform/database';

const resetSql = (table: string): string =>
  `select setval(pg_get_serial_sequence('graphile_worker.${table}', 'id'), max(id)) from graphile_worker.${table}
   having max(id) is not null`;

/** Each sets the sequence of a table's ids to the highest id in use, unless the table is empty. */
export const resetSequence = {
  tasks: sql(resetSql('_private_tasks')),
  queues: sql(resetSql('_private_job_queues')),
};
