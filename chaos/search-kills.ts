import { createTestDatabase } from '../test/support/database';
import { runProcessKills } from '../test/support/process-kills';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import type { Drill } from './scenario';

/**
 * Kills server, worker and, where MEILISEARCH_BIN names its program, Meilisearch under load. Search must agree with the
 * database afterwards.
 */
export const searchKills: Drill = async ({ short }) => {
  const kills = short ? 5 : 100;
  const database = await createTestDatabase();
  const meilisearch = noMeilisearch ? undefined : await MeilisearchServer.start();
  try {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const { lost, phantom, milliseconds } = await runProcessKills({ database, kills, meilisearch, log: say });
    return [
      { what: `processes killed${noMeilisearch ? ', without Meilisearch' : ''}`, found: kills },
      { what: 'acknowledged and not found', found: lost.length, asked: 0 },
      { what: 'found and not so', found: phantom.length, asked: 0 },
      { what: 'seconds until search and database agreed', found: milliseconds / 1000, atMost: 30 },
    ];
  } finally {
    await meilisearch?.stop();
    await database.drop();
  }
};
