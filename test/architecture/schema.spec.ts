import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations';
import { IndexUnderTest } from '../support/index-under-test';

describe('schema', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
  });
  afterAll(() => index.stop());

  it('equals the schema of the entities', async () => {
    const dataSource = index.app.get(DataSource, { strict: false });
    assert.ok(dataSource.entityMetadatas.length >= 10, 'the entities of all libraries are loaded');
    const difference = await dataSource.driver.createSchemaBuilder().log();
    assert.deepEqual(
      difference.upQueries.map(({ query }) => query),
      [],
    );
  });

  it('has an entity for every table but the listed ones', async () => {
    const dataSource = index.app.get(DataSource, { strict: false });
    const rows: { name: string }[] = await dataSource.query(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const withEntity = new Set(dataSource.entityMetadatas.map(({ tableName }) => tableName));
    const withoutEntity = rows.map(({ name }) => name).filter((name) => !withEntity.has(name));
    // rate-limiter-flexible manages rate_limit, and the job library fact_outbox, purge_total and worker_heartbeat.
    // The other tables are read and written by
    // SQL before entities are loaded.
    assert.deepEqual(withoutEntity, [
      'fact_outbox',
      'purge_total',
      'rate_limit',
      'reserved_name',
      'schema_migration',
      'schema_requirement',
      'setting',
      'worker_heartbeat',
    ]);
  });

  it('lists migrations oldest first, each with its timestamp in the name', () => {
    const stamps = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0]));
    assert.ok(stamps.every(Number.isFinite));
    assert.deepEqual(
      stamps,
      [...stamps].sort((a, b) => a - b),
    );
  });
});
