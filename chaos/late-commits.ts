import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { repositoryChanged } from '@central-index/repositories';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import { openTestModule } from '../test/support/test-module';
import type { Drill, Figure } from './scenario';
import { SearchedProduct } from './search-instance';

type Change = (manager: EntityManager, id: string) => Promise<unknown>;

const lanes = 7;
const longestMs = 30;

/**
 * Changes commit in another order than they were made, one of them long after all others; none may be passed over: not
 * by what makes documents of changed repositories, nor, where MEILISEARCH_BIN names its program, by what sends them.
 */
export const lateCommits: Drill = async ({ short }) => {
  const size = short ? 500 : 10_000;
  const heldMs = short ? 2_000 : 10_000;
  const meilisearch = noMeilisearch ? undefined : await MeilisearchServer.start();
  try {
    const at = await SearchedProduct.start({ size, own: 0 }, meilisearch?.env);
    try {
      return await rehearse(at, size, heldMs);
    } finally {
      await at.stop();
    }
  } finally {
    await meilisearch?.stop();
  }
};

async function rehearse(at: SearchedProduct, size: number, heldMs: number): Promise<Figure[]> {
  const rooms = await openTestModule(at.database, []);
  try {
    const [database, jobs] = [rooms.get(Database), rooms.get(Jobs)];
    const { rows } = await at.sql.query<{ id: string }>(`select id from repository order by id`);
    const ids = rows.map(({ id }) => id);
    // As the API does: the change, and the fact that it was made, in one transaction.
    const overtaking = await commitOutOfOrder(database, ids, heldMs, async (manager, id) => {
      await manager.query(`update repository set description = 'changed ' || id where id = $1`, [id]);
      await jobs.emit(manager, repositoryChanged({ repositoryId: id }));
    });
    // What was passed over would wait for ever, and is counted.
    await at.settled(30_000).catch(() => undefined);
    const notMade = await at.number(
      `select count(*) as n from repository left join search_document document on document.repository_id = id
       where document.description is distinct from 'changed ' || id`,
    );
    const figures: Figure[] = [
      { what: 'changes', found: size },
      { what: 'of them committed before the one that was made first', found: overtaking },
      { what: 'changes that no document was made of', found: notMade, asked: 0 },
    ];
    if (noMeilisearch)
      return [...figures, { what: `changes sent to Meilisearch: ${noMeilisearch}`, found: 0 }];
    // Of documents, each with the version that makes it right.
    const sending = await commitOutOfOrder(database, ids, heldMs, (manager, id) =>
      manager.query(
        `with changed as (update repository set pulls = pulls + 1 where id = $1 returning id, version)
         update search_document set pulls = pulls + 1, version = changed.version from changed where repository_id = id`,
        [id],
      ),
    );
    await at.settled(30_000).catch(() => undefined);
    const check = await at.command(['search', 'check']);
    if (check.code !== 0) process.stderr.write(check.stdout);
    return [
      ...figures,
      { what: 'changes of documents committed before the one that was made first', found: sending },
      { what: 'status of `search check`', found: check.code ?? -1, asked: 0 },
      {
        what: 'copies mended that nobody knew of',
        found: await at.metric('central_index_search_drift_total'),
        asked: 0,
      },
    ];
  } finally {
    await rooms.close();
  }
}

/** Changes each once; the first commits when all others have and so long is over. Answers how many came before it. */
async function commitOutOfOrder(
  database: Database,
  [first, ...others]: readonly string[],
  heldMs: number,
  change: Change,
): Promise<number> {
  let [next, committed, before] = [0, 0, 0];
  let othersDone!: () => void;
  const done = new Promise<void>((resolve) => (othersDone = resolve));
  let isMade!: () => void;
  const made = new Promise<void>((resolve) => (isMade = resolve));
  const held = database.transaction(async (manager) => {
    await change(manager, first!);
    isMade();
    await Promise.all([pause(heldMs), done]);
    before = committed;
  });
  await Promise.race([made, held]);
  const lane = async (): Promise<void> => {
    for (let n = next++; n < others.length; n = next++) {
      await database.transaction(async (manager) => {
        await change(manager, others[n]!);
        if (n % 3 === 0) await pause(Math.random() * longestMs);
      });
      committed += 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  othersDone();
  await held;
  return before;
}
