import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The last heartbeat of any worker. Its one row outlives the sessions of workers, which show only who lives now. */
export class CreateWorkerHeartbeat1764000026000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table worker_heartbeat (
        only_row boolean primary key default true check (only_row),
        seen_at  timestamptz not null
      );
      comment on table worker_heartbeat is 'When a worker last showed that it is alive; updated every five seconds';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table worker_heartbeat');
  }
}
