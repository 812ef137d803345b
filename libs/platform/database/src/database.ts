import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { Changes } from './changes';

/** A room's way to its tables. Reads use `manager` or `rows`; a write opens `transaction` or takes its caller's. */
@Injectable()
export class Database {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: Changes,
  ) {}

  /** The manager outside any transaction. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /**
   * Runs `work` in one transaction: all of it is kept, or none. When it returns, this process remembers nothing that
   * the transaction made untrue.
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const result = await this.dataSource.transaction(work);
    await this.changes.caughtUp();
    return result;
  }

  /**
   * As `rows`, for reads that come often: each connection plans the statement once and for all values. The text must
   * be one of few, so values are bound, limits too where they vary.
   */
  async prepared<T>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const name = createHash('sha256').update(sql).digest('base64url');
    try {
      const { rows } = await this.pool.query({ name, text: sql, values: [...values] });
      return rows as T[];
    } catch (error) {
      // As every other statement fails, so that what looks for the database's code finds it.
      throw new QueryFailedError(sql, [...values], error as Error);
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as PostgresDriver).master as Pool;
  }

  /** The rows of one statement. Values are always bound, never written into the text. */
  async rows<T>(
    sql: string,
    values: readonly unknown[] = [],
    manager: EntityManager = this.manager,
  ): Promise<T[]> {
    const answer: unknown = await manager.query(sql, [...values]);
    // TypeORM answers [rows, count] to UPDATE and DELETE, and plain rows to everything else.
    const [first, second] = answer as [unknown, unknown];
    return (Array.isArray(first) && typeof second === 'number' ? first : answer) as T[];
  }
}
