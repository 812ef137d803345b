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

  it('is what the entities say', async () => {
    const dataSource = index.app.get(DataSource, { strict: false });
    assert.ok(dataSource.entityMetadatas.length >= 10, 'the entities of all rooms are loaded');
    const difference = await dataSource.driver.createSchemaBuilder().log();
    assert.deepEqual(
      difference.upQueries.map(({ query }) => query),
      [],
    );
  });

  it('has an entity, or a reason, for every table', async () => {
    const dataSource = index.app.get(DataSource, { strict: false });
    const rows: { name: string }[] = await dataSource.query(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    );
    const withEntity = new Set(dataSource.entityMetadatas.map(({ tableName }) => tableName));
    const without = rows.map(({ name }) => name).filter((name) => !withEntity.has(name));
    // rate_limit is the limiter's own, and fact_outbox part of the job queue; the others are read and written by plain
    // SQL before any entity exists.
    assert.deepEqual(without, [
      'fact_outbox',
      'rate_limit',
      'reserved_name',
      'schema_migration',
      'schema_requirement',
      'setting',
    ]);
  });

  it('is listed oldest first, each name with its timestamp', () => {
    const stamps = migrations.map(({ name }) => Number(/\d{13}$/.exec(name)?.[0]));
    assert.ok(stamps.every(Number.isFinite));
    assert.deepEqual(
      stamps,
      [...stamps].sort((a, b) => a - b),
    );
  });
});
