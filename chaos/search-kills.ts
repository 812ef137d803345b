import { createTestDatabase } from '../test/support/database';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import { runProcessKills } from '../test/support/process-kills';
import type { Scenario } from './scenario';

/**
 * Kills server, worker and, where MEILISEARCH_BIN names its program, Meilisearch under load. Afterwards search must
 * agree with the database.
 */
export const searchKills: Scenario = async ({ short }) => {
  const kills = short ? 5 : 100;
  const database = await createTestDatabase();
  const meilisearch = noMeilisearch ? undefined : await MeilisearchServer.start();
  try {
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const { lost, phantom, milliseconds } = await runProcessKills({ database, kills, meilisearch, log });
    return [
      { label: `processes killed${noMeilisearch ? ', without Meilisearch' : ''}`, value: kills },
      { label: 'acknowledged changes that search does not show', value: lost.length, expected: 0 },
      { label: 'private repositories that search shows', value: phantom.length, expected: 0 },
      { label: 'seconds until search agreed with the database', value: milliseconds / 1000, max: 30 },
    ];
  } finally {
    await meilisearch?.stop();
    await database.drop();
  }
};
