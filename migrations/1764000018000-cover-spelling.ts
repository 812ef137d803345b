import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Puts the weight of names into the index of the dictionary, so that a look-up reads nothing else. */
export class CoverSpelling1764000018000 implements MigrationInterface {
  readonly transaction = false;

  up(runner: QueryRunner): Promise<void> {
    return keyed(runner, ' include (weight)');
  }

  down(runner: QueryRunner): Promise<void> {
    return keyed(runner, '');
  }
}

// What a run that was broken off left behind is taken away first.
async function keyed(runner: QueryRunner, including: string): Promise<void> {
  await runner.query('drop index concurrently if exists search_spelling_rest_name_idx');
  await runner.query(
    `create unique index concurrently search_spelling_rest_name_idx on search_spelling (rest, name)${including}`,
  );
  await runner.query(
    `alter table search_spelling drop constraint search_spelling_pkey,
       add constraint search_spelling_pkey primary key using index search_spelling_rest_name_idx`,
  );
}
