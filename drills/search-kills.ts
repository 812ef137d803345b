import { createTestDatabase } from '../test/support/database';
import { killDrill } from '../test/support/kill-drill';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';

// `node dist/drills/search-kills.js [KILLS]`: kills server, worker and, where MEILISEARCH_BIN names its program,
// Meilisearch under load, 100 times unless told otherwise, on a database of the server that TEST_DATABASE_URL names.
// Exits with 1 when anything was lost, is found that is not so, or did not agree within 30 s.

async function main(): Promise<number> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const kills = Number(process.argv[2] ?? 100);
  if (noMeilisearch) say(`without Meilisearch: ${noMeilisearch}`);
  const database = await createTestDatabase();
  const meilisearch = noMeilisearch ? undefined : await MeilisearchServer.start();
  try {
    const outcome = await killDrill({ database, kills, meilisearch, say });
    say(JSON.stringify(outcome, null, 2));
    const { lost, phantom, milliseconds } = outcome;
    return lost.length + phantom.length === 0 && milliseconds < 30_000 ? 0 : 1;
  } finally {
    await meilisearch?.stop();
    await database.drop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${String((error as Error).stack)}\n`);
    process.exit(1);
  },
);
