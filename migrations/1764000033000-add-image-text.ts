import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Adds what images say of themselves, and the time of the last push, to search documents. The hourly check fills both, as
 * it does with terms that another release made. Until then, search finds what it found before.
 */
export class AddImageText1764000033000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table search_document add column image_text text not null default '', add column pushed_at timestamptz(3);
      comment on column search_document.image_text is 'Words of what the newest image says of itself';
      comment on column search_document.pushed_at is 'Last reported push';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table search_document drop column image_text, drop column pushed_at');
  }
}
