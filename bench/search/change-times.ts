import { Database, sql } from '@central-index/platform/database';
import { RepositoriesModule } from '@central-index/repositories';
import { SearchModule, SearchSync } from '@central-index/search';
import { openTestModule } from '../../test/support/test-module';
import { print, quantile, timed } from '../stats';

const changes = 300;

/** Prints how long the PostgreSQL engine takes to index one change of text, stars or visibility, without other load. */
export async function changeTimes(url: string): Promise<void> {
  const context = await openTestModule({ url, drop: () => Promise.resolve() }, [
    RepositoriesModule,
    SearchModule,
  ]);
  const database = context.get(Database, { strict: false });
  const sync = context.get(SearchSync, { strict: false });
  // Half of them are the most popular repositories, whose changes move the most postings, the others are typical.
  const select = (order: string): Promise<{ id: string }[]> =>
    database.query(
      sql(`select repository_id as id from search_document order by ${order} limit ${changes / 2}`),
    );
  const ids = [...(await select('rank_key')), ...(await select('md5(repository_id::text)'))].map(
    ({ id }) => id,
  );
  const milliseconds: number[] = [];
  for (const [n, id] of ids.entries()) {
    const assignment = [
      `description = left(description || ' changed ${n} times', 100)`,
      'imported_stars = coalesce(imported_stars, 0) * 2 + 1',
      `visibility = case visibility when 'public' then 'private' else 'public' end`,
    ][n % 3]!;
    await database.execute(sql(`update repository set ${assignment} where id = $1`), [id]);
    milliseconds.push(await timed(() => sync.sync([id])));
  }
  print(
    `indexing a change in PostgreSQL: p50, p99 ms of ${changes}`,
    `${quantile(milliseconds, 0.5).toFixed(1)}, ${quantile(milliseconds, 0.99).toFixed(1)} (aim p99 <= 15)`,
  );
  await context.close();
}
