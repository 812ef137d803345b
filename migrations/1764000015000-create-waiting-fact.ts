import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Facts that come by the hundred a second, until a worker has done what follows from them. */
export class CreateWaitingFact1764000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Rows are only added and taken away: statements of the same fact never wait for each other.
    await runner.query(`
      create table waiting_fact (
        type text not null,
        id bigint generated always as identity,
        ids json not null,
        primary key (type, id)
      );
      comment on table waiting_fact is 'Facts that are told together; a row leaves in the transaction that did what follows';
      comment on column waiting_fact.ids is 'What the fact is about, as the payload of a job';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table waiting_fact');
  }
}
