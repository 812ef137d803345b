import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Keeps in the dictionary of spelling how many letters a name has, in the lowest bits of what it is looked up by. Older
 * code goes on running beside it and corrects nothing; what it learns meanwhile the hourly check takes in.
 */
export class KeepLengthOfSpelling1764000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update search_spelling
      set rest = (rest & -64) | least(length(regexp_replace(name, '[^a-z0-9]', '', 'g')), 63);
      comment on column search_spelling.rest is 'Hash of the beginning of the name without up to two of its letters; its lowest six bits are how many the whole has';`);
  }

  // The bits of the hash are gone. The hourly check learns the names anew.
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      truncate search_spelling;
      comment on column search_spelling.rest is 'Hash of the beginning of the name without up to two of its letters';`);
  }
}
