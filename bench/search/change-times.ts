import { Database } from '@central-index/platform/database';
import { RepositoriesModule } from '@central-index/repositories';
import { SearchModule, SearchSync } from '@central-index/search';
import { openTestModule } from '../../test/support/test-module';
import { print, quantile, timed } from '../stats';

const changes = 300;

/** Prints how long the engine takes to follow one change, nothing else going on: of text, stars and visibility. */
export async function changeTimes(url: string): Promise<void> {
  const rooms = await openTestModule({ url, drop: () => Promise.resolve() }, [
    RepositoriesModule,
    SearchModule,
  ]);
  const database = rooms.get(Database, { strict: false });
  const sync = rooms.get(SearchSync, { strict: false });
  // The most popular ones are in the most lists, the others are what changes mostly.
  const some = (order: string): Promise<{ id: string }[]> =>
    database.rows(`select repository_id as id from search_document order by ${order} limit ${changes / 2}`);
  const ids = [...(await some('place')), ...(await some('md5(repository_id::text)'))].map(({ id }) => id);
  const took: number[] = [];
  for (const [n, id] of ids.entries()) {
    const what = [
      `description = left(description || ' changed ${n} times', 100)`,
      'imported_stars = coalesce(imported_stars, 0) * 2 + 1',
      `visibility = case visibility when 'public' then 'private' else 'public' end`,
    ][n % 3]!;
    await database.rows(`update repository set ${what} where id = $1`, [id]);
    took.push(await timed(() => sync.sync([id])));
  }
  print(
    `a change in the PostgreSQL engine: p50, p99 ms of ${changes}`,
    `${quantile(took, 0.5).toFixed(1)}, ${quantile(took, 0.99).toFixed(1)} (aim p99 <= 15)`,
  );
  await rooms.close();
}
