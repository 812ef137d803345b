import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Pool, type ClientBase, type PoolConfig } from 'pg';
import { DataSource, QueryFailedError, type DataSourceOptions, type EntityManager } from 'typeorm';
import { ChangeListener } from './change-listener';
import { connectionsKept, jitOff } from './database-options';
import {
  disableStatementTimeout,
  ping,
  resetStatementTimeout,
  selectServerVersion,
} from './database.queries';
import { Query, runQuery } from './query';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;
type Connecting = Omit<PostgresOptions, 'extra'> & { readonly extra: PoolConfig };

// For prepared statements. Two connections keep as many processors of the database busy as one process can ask for. On
// the same machine, more connections only take processor time and cache from both; another machine adds latency.
const localPoolSize = 2;
const remotePoolSize = 5;

interface QueryRows<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

/**
 * How a library reaches its tables. Single rows are read and written with TypeORM repositories, everything else with
 * the queries of `*.queries.ts` files; a write opens `transaction` or takes the manager of its caller's.
 */
@Injectable()
export class Database implements OnModuleDestroy {
  private pool: Pool | undefined;
  private major: number | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: ChangeListener,
  ) {}

  /** The manager outside any transaction. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /** Opens what the first requests would otherwise wait for: some connections, and the one that listens for changes. */
  async warmUp(): Promise<void> {
    void this.changes.isLive;
    // At the same time, or one connection would answer them all.
    await Promise.all(Array.from({ length: connectionsKept }, () => this.ping()));
  }

  /** Fails unless the database answers. */
  async ping(): Promise<void> {
    await this.execute(ping);
  }

  /**
   * Runs `work` in one transaction: all of it is kept, or none. When it returns, this process remembers nothing that
   * the transaction made untrue.
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const result = await this.dataSource.transaction(work);
    await this.changes.waitForSync();
    return result;
  }

  /** The rows of a query; within a transaction if its manager is given. */
  async query<Row>(
    query: Query<Row>,
    values: readonly unknown[] = [],
    manager?: EntityManager,
  ): Promise<Row[]> {
    return (await this.run(query, values, manager)).rows;
  }

  /** The first row of a query, or undefined if there is none. */
  async queryOne<Row>(
    query: Query<Row>,
    values: readonly unknown[] = [],
    manager?: EntityManager,
  ): Promise<Row | undefined> {
    return (await this.run(query, values, manager)).rows[0];
  }

  /** Runs a statement without rows to read and returns how many rows it affected (SELECT: how many it found). */
  async execute(
    query: Query<never>,
    values: readonly unknown[] = [],
    manager?: EntityManager,
  ): Promise<number> {
    return (await this.run(query, values, manager)).rowCount;
  }

  /** @deprecated Move the statement into a `*.queries.ts` file and use `query`. */
  rows<T>(text: string, values: readonly unknown[] = [], manager?: EntityManager): Promise<T[]> {
    return this.query(new Query<T>(text, false), values, manager);
  }

  /** @deprecated Move the statement into a `*.queries.ts` file, as `preparedSql`, and use `query`. */
  prepared<T>(text: string, values: readonly unknown[] = [], manager?: EntityManager): Promise<T[]> {
    return this.query(new Query<T>(text, true), values, manager);
  }

  /** The major version of the server, for statements that one version plans well and another badly. Read once. */
  async majorVersion(): Promise<number> {
    if (this.major === undefined) {
      const row = await this.queryOne(selectServerVersion);
      this.major = Math.floor(row!.version / 10_000);
    }
    return this.major;
  }

  /** Runs a statement that may take long and must not be in a transaction, such as REINDEX CONCURRENTLY. */
  async runMaintenance(query: Query<never>): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query(disableStatementTimeout.text);
      await runner.query(query.text);
    } finally {
      // A connection that broke takes its settings with it.
      await runner.query(resetStatementTimeout.text).catch(() => undefined);
      await runner.release();
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool?.end();
  }

  private async run<Row>(
    query: Query<Row>,
    values: readonly unknown[],
    manager?: EntityManager,
  ): Promise<QueryRows<Row>> {
    if (query.isPrepared) return this.runPrepared(query, values, manager);
    const given = manager?.queryRunner;
    const runner = given ?? this.dataSource.createQueryRunner();
    try {
      // The structured result: the plain one of TypeORM is [rows, count] for UPDATE and DELETE, rows for others.
      const { records, affected } = await runner.query(query.text, [...values], true);
      return { rows: records as Row[], rowCount: affected ?? 0 };
    } finally {
      if (given === undefined) await runner.release();
    }
  }

  private async runPrepared<Row>(
    query: Query<Row>,
    values: readonly unknown[],
    manager?: EntityManager,
  ): Promise<QueryRows<Row>> {
    try {
      const runner = manager?.queryRunner;
      const client = runner ? ((await runner.connect()) as ClientBase) : this.preparedPool;
      return await runQuery(client, query, values);
    } catch (error) {
      // The same error as from statements that TypeORM runs, so that callers find the code of the database in it.
      throw new QueryFailedError(query.text, [...values], error as Error);
    }
  }

  // Connections of their own: told to plan for all values, which would be wrong for most other statements, and few,
  // so that each statement is planned few times.
  private get preparedPool(): Pool {
    if (this.pool === undefined) {
      const { url, applicationName, connectTimeoutMS, extra } = this.dataSource.options as Connecting;
      this.pool = new Pool({
        ...extra,
        connectionString: url,
        application_name: `${applicationName} statements`,
        connectionTimeoutMillis: connectTimeoutMS,
        max: isLocalHost(url!) ? localPoolSize : remotePoolSize,
        options: `${jitOff} -c plan_cache_mode=force_generic_plan`,
      });
      // The next statement gets another connection; without a listener the process would end.
      this.pool.on('error', () => undefined);
    }
    return this.pool;
  }
}

function isLocalHost(url: string): boolean {
  return ['', 'localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
