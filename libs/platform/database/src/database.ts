import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Pool, type ClientBase, type PoolConfig, type QueryConfig } from 'pg';
import { DataSource, QueryFailedError, type DataSourceOptions, type EntityManager } from 'typeorm';
import { ChangeListener } from './change-listener';
import { jitOff, minConnections } from './database-options';
import {
  disableStatementTimeout,
  ping,
  resetStatementTimeout,
  selectServerVersion,
} from './database.queries';
import { Query, runQuery } from './query';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;
type ConnectionOptions = Omit<PostgresOptions, 'extra'> & { readonly extra: PoolConfig };

// Sizes of the pool for prepared statements. Two connections keep as many processors of the database busy as one
// process can use; on the same machine, more connections only cost both of them processor time and cache. To another
// machine, latency is added, which more connections hide.
const localPoolSize = 2;
const remotePoolSize = 5;

// The longest time that a timer can have: 24 days.
const maxTimerMs = 2 ** 31 - 1;

interface QueryRows<Row> {
  readonly rows: Row[];
  readonly rowCount: number;
}

/**
 * How a library reaches its tables. Single rows are read and written with TypeORM repositories, everything else with
 * the queries of `*.queries.ts` files; a write opens a `transaction` or receives the manager of its caller's.
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

  /** Opens the connections that the first requests would otherwise wait for, and the one that listens for changes. */
  async warmUp(): Promise<void> {
    void this.changes.isLive;
    // Concurrently: one after another, they would all use the same connection.
    await Promise.all(Array.from({ length: minConnections }, () => this.ping()));
  }

  /** Fails unless the database answers. */
  async ping(): Promise<void> {
    await this.execute(ping);
  }

  /**
   * Runs `work` in one transaction, which commits when `work` resolves and rolls back when it rejects. When this
   * returns, the caches of this process hold nothing that the transaction changed, and those of the others nothing that
   * it hid.
   */
  async transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const { hidingCount } = this.changes;
    const result = await this.dataSource.transaction(work);
    await this.changes.waitForSync(hidingCount);
    return result;
  }

  /** Returns the rows of a query; within a transaction if its manager is given. */
  async query<Row>(
    query: Query<Row>,
    values: readonly unknown[] = [],
    manager?: EntityManager,
  ): Promise<Row[]> {
    return (await this.run(query, values, manager)).rows;
  }

  /** Returns the first row of a query, or undefined if there is none. */
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

  /** How the connections of this process are used: those of TypeORM, and those of prepared statements. */
  poolUsage(): { pool: string; total: number; idle: number; waiting: number }[] {
    const { master } = this.dataSource.driver as unknown as { readonly master?: Pool };
    return Object.entries({ transactions: master, statements: this.pool }).flatMap(([pool, open]) =>
      open === undefined
        ? []
        : [{ pool, total: open.totalCount, idle: open.idleCount, waiting: open.waitingCount }],
    );
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
      const client = (await runner.connect()) as ClientBase;
      await runner.query(disableStatementTimeout.text);
      // The type lacks the option, which replaces that of the connection.
      const untimed: QueryConfig & { query_timeout: number } = {
        text: query.text,
        query_timeout: maxTimerMs,
      };
      await client.query(untimed);
    } finally {
      // Fails on a connection that was lost, whose settings are lost as well.
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
    const transactionRunner = manager?.queryRunner;
    const runner = transactionRunner ?? this.dataSource.createQueryRunner();
    try {
      // The structured result: the plain one of TypeORM is [rows, count] for UPDATE and DELETE, rows for others.
      const { records, affected } = await runner.query(query.text, [...values], true);
      return { rows: records as Row[], rowCount: affected ?? 0 };
    } finally {
      if (transactionRunner === undefined) await runner.release();
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
      // The error that TypeORM's own statements fail with, so that callers find the SQLSTATE in the same place.
      throw new QueryFailedError(query.text, [...values], error as Error);
    }
  }

  // Prepared statements have connections of their own. These plan each statement once for all values, which would be
  // wrong for most other statements, and they are few, so that each statement is planned few times.
  private get preparedPool(): Pool {
    if (this.pool === undefined) {
      const { url, applicationName, connectTimeoutMS, extra } = this.dataSource.options as ConnectionOptions;
      this.pool = new Pool({
        ...extra,
        connectionString: url,
        application_name: `${applicationName} statements`,
        connectionTimeoutMillis: connectTimeoutMS,
        max: isLocalHost(url!) ? localPoolSize : remotePoolSize,
        options: `${jitOff} -c plan_cache_mode=force_generic_plan`,
      });
      // The next statement gets another connection; without an error listener the process would end.
      this.pool.on('error', () => undefined);
    }
    return this.pool;
  }
}

function isLocalHost(url: string): boolean {
  return ['', 'localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
