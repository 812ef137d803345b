import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { NetworkFault } from '../../../../test/support/network-fault';
import { openTestModule } from '../../../../test/support/test-module';
import { Database } from './database';
import { preparedSql, sql } from './query';

interface SettingRow {
  readonly name: string;
  readonly setting: string;
}

describe('connections to the database', () => {
  let own: TestDatabase;
  let context: INestApplicationContext;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    context = await openTestModule(own, []);
    database = context.get(Database);
  });
  afterAll(async () => {
    await context.close();
    await own.drop();
  });

  // Settings of the connection only: the server's own defaults do not matter.
  const selectSettings = `select name, setting from pg_settings
    where source = 'client' and name in ('jit', 'plan_cache_mode') order by name`;

  it('compile no statement', async () => {
    assert.deepEqual(await database.query(sql<SettingRow>(selectSettings)), [
      { name: 'jit', setting: 'off' },
    ]);
  });

  it('plan prepared statements once for all values, and compile none', async () => {
    assert.deepEqual(await database.query(preparedSql<SettingRow>(selectSettings)), [
      { name: 'jit', setting: 'off' },
      { name: 'plan_cache_mode', setting: 'force_generic_plan' },
    ]);
  });

  it('are given up after 16 s without an answer, except those of maintenance', async () => {
    const fault = await NetworkFault.start(own.url);
    const frozen = await openTestModule({ ...own, url: fault.url }, []);
    try {
      const statements = frozen.get(Database);
      await statements.ping();
      const unanswered = [sql('select pg_sleep(0)'), preparedSql('select pg_sleep(0)')];
      for (const query of unanswered) await statements.execute(query);
      fault.freeze();
      const failed = unanswered.map((query) =>
        assert.rejects(statements.execute(query), /Query read timeout/),
      );
      await Promise.all([...failed, database.runMaintenance(sql('select pg_sleep(17)'))]);
    } finally {
      fault.heal();
      await frozen.close();
      await fault.close();
    }
  });

  it('report the version of the server', async () => {
    const row = await database.queryOne(sql<{ version: string }>('select version()'));
    assert.ok(row!.version.startsWith(`PostgreSQL ${await database.majorVersion()}.`));
  });
});
