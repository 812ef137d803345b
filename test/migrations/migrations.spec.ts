import { databaseOptions, migrate } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations';
import { createEmptyDatabase, testSecretKey, type TestDatabase } from '../support/database';
import { readContents, unfilled, type Contents } from './contents';
import { migrationData } from './index';

const lastWithoutData = 1764000018000;

const stampOf = ({ name }: { name: string }): string => /\d{13}$/.exec(name)![0];
const newer = migrations.filter((migration) => Number(stampOf(migration)) > lastWithoutData);

describe('migrations with data', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`set timezone to 'UTC'`);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it('have a data test each', () => {
    assert.deepEqual(newer.map(stampOf), Object.keys(migrationData).sort());
  });

  const migrateTo = (count: number): Promise<string[]> =>
    migrate(database.url, migrations.slice(0, count), testSecretKey);

  async function revertLast(count: number): Promise<void> {
    const dataSource = new DataSource({
      ...databaseOptions(database.url, 'migrate', 1),
      migrations: migrations.slice(0, count),
    });
    await dataSource.initialize();
    try {
      await dataSource.undoLastMigration({ transaction: 'each' });
    } finally {
      await dataSource.destroy();
    }
  }

  // One database goes through all migrations, as it does in production.
  for (const migration of newer) {
    const count = migrations.indexOf(migration) + 1;
    const data = migrationData[stampOf(migration)];
    if (data === undefined) continue;

    describe(migration.name, () => {
      let contents: Contents;

      beforeAll(async () => {
        await migrateTo(count - 1);
        await data.fill(client);
        contents = await readContents(client);
      });

      it('starts with every table, column and state filled', async () => {
        assert.deepEqual(await unfilled(client, contents), []);
      });

      it('keeps every row', async () => {
        assert.deepEqual(await migrateTo(count), [migration.name]);
        assert.deepEqual(await readContents(client), data.expected(contents));
      });

      it('keeps every row through down and up', async () => {
        await revertLast(count);
        const reverted = data.reverted?.(contents) ?? contents;
        assert.deepEqual(await readContents(client), reverted);
        assert.deepEqual(await migrateTo(count), [migration.name]);
        assert.deepEqual(await readContents(client), data.expected(reverted));
      });
    });
  }
});
