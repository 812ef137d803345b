import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { repositoryChanged } from '@central-index/repositories';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import { openTestModule } from '../test/support/test-module';
import type { Measurement, Scenario } from './scenario';
import { SearchInstance } from './search-instance';

type Change = (manager: EntityManager, id: string) => Promise<unknown>;

const writers = 7;
const maxDelayMs = 30;

/**
 * Transactions that change repositories commit in another order than they were begun, one of them long after all
 * others. No change may be skipped: neither by the job that makes documents of changed repositories nor, where
 * MEILISEARCH_BIN names its program, by the writer of the replica.
 */
export const lateCommits: Scenario = async ({ short }) => {
  const size = short ? 500 : 10_000;
  const firstCommitDelayMs = short ? 2_000 : 10_000;
  const meilisearch = noMeilisearch ? undefined : await MeilisearchServer.start();
  try {
    const instance = await SearchInstance.start({ size, own: 0 }, meilisearch?.env);
    try {
      return await measure(instance, size, firstCommitDelayMs);
    } finally {
      await instance.stop();
    }
  } finally {
    await meilisearch?.stop();
  }
};

async function measure(
  instance: SearchInstance,
  size: number,
  firstCommitDelayMs: number,
): Promise<Measurement[]> {
  const context = await openTestModule(instance.database, []);
  try {
    const [database, jobs] = [context.get(Database), context.get(Jobs)];
    const { rows } = await instance.sql.query<{ id: string }>(`select id from repository order by id`);
    const ids = rows.map(({ id }) => id);
    // As the API does: the change and its fact in one transaction.
    const committedEarlier = await commitOutOfOrder(
      database,
      ids,
      firstCommitDelayMs,
      async (manager, id) => {
        await manager.query(`update repository set description = 'changed ' || id where id = $1`, [id]);
        await jobs.emit(manager, repositoryChanged({ repositoryId: id }));
      },
    );
    // A skipped change would never settle; the next statement counts it.
    await instance.waitUntilSettled(30_000).catch(() => undefined);
    const skipped = await instance.number(
      `select count(*) as n from repository left join search_document document on document.repository_id = id
       where document.description is distinct from 'changed ' || id`,
    );
    const measurements: Measurement[] = [
      { label: 'changes', value: size },
      { label: '  committed before the first one', value: committedEarlier },
      { label: '  without a document', value: skipped, expected: 0 },
    ];
    if (noMeilisearch) {
      return [...measurements, { label: `writer of the replica: SKIPPED, ${noMeilisearch}`, value: 0 }];
    }
    return [...measurements, ...(await measureReplica(instance, database, ids, firstCommitDelayMs))];
  } finally {
    await context.close();
  }
}

async function measureReplica(
  instance: SearchInstance,
  database: Database,
  ids: readonly string[],
  firstCommitDelayMs: number,
): Promise<Measurement[]> {
  // Changes each document together with its repository, so that their versions agree.
  const committedEarlier = await commitOutOfOrder(database, ids, firstCommitDelayMs, (manager, id) =>
    manager.query(
      `with changed as (update repository set pulls = pulls + 1 where id = $1 returning id, version)
       update search_document set pulls = pulls + 1, version = changed.version from changed where repository_id = id`,
      [id],
    ),
  );
  await instance.waitUntilSettled(30_000).catch(() => undefined);
  const check = await instance.command(['search', 'check']);
  if (check.code !== 0) process.stderr.write(check.stdout);
  return [
    { label: 'document changes committed before the first one', value: committedEarlier },
    { label: 'exit status of `search check`', value: check.code ?? -1, expected: 0 },
    { label: 'unexpected differences of the replica', value: await instance.drift(), expected: 0 },
  ];
}

/**
 * Changes each repository in a transaction of its own. The transaction of the first one begins first and commits when
 * all others have committed and `delayMs` have passed. Returns how many committed before it.
 */
async function commitOutOfOrder(
  database: Database,
  [first, ...others]: readonly string[],
  delayMs: number,
  change: Change,
): Promise<number> {
  let [next, committed, committedEarlier] = [0, 0, 0];
  let finishOthers!: () => void;
  const othersCommitted = new Promise<void>((resolve) => (finishOthers = resolve));
  let finishFirst!: () => void;
  const firstChanged = new Promise<void>((resolve) => (finishFirst = resolve));
  const firstTransaction = database.transaction(async (manager) => {
    await change(manager, first!);
    finishFirst();
    await Promise.all([pause(delayMs), othersCommitted]);
    committedEarlier = committed;
  });
  // The transaction settles first only if it fails.
  await Promise.race([firstChanged, firstTransaction]);
  const writer = async (): Promise<void> => {
    for (let n = next++; n < others.length; n = next++) {
      await database.transaction(async (manager) => {
        await change(manager, others[n]!);
        if (n % 3 === 0) await pause(Math.random() * maxDelayMs);
      });
      committed += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  finishOthers();
  await firstTransaction;
  return committedEarlier;
}
