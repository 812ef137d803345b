import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Pool, type ClientBase, type PoolConfig } from 'pg';
import { DataSource, QueryFailedError, type DataSourceOptions, type EntityManager } from 'typeorm';
import { ChangeListener } from './change-listener';
import { connectionsKept, jitOff } from './database-options';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;
type Connecting = Omit<PostgresOptions, 'extra'> & { readonly extra: PoolConfig };

// Of statements, whose names are remembered; a page of text takes longer to hash than to look up.
const mostNames = 500;

// For prepared statements. Two keep as many processors of the database busy as one process can ask for; more of them only
// take the processors of the machine that both share from each other, and its caches. Another machine is waited for.
const connectionsNear = 2;
const connectionsFar = 5;

/** A room's way to its tables. Reads use `manager` or `rows`; a write opens `transaction` or takes its caller's. */
@Injectable()
export class Database implements OnModuleDestroy {
  private pool: Pool | undefined;
  private major: number | undefined;
  private readonly names = new Map<string, string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: ChangeListener,
  ) {}

  /** The manager outside any transaction. */
  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /** Opens what the first requests would have to wait for: some connections, and the one that hears of changes. */
  async open(): Promise<void> {
    void this.changes.isLive;
    // At the same time, or one connection would answer them all.
    await Promise.all(Array.from({ length: connectionsKept }, () => this.rows('select 1')));
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

  /**
   * As `rows`, for reads that come often: each connection plans the statement once and for all values. The text must
   * be one of few, so values are bound, limits too where they vary. What the values are must not matter to the plan.
   * With the manager of a transaction it is a statement of that.
   */
  async prepared<T>(sql: string, values: readonly unknown[] = [], manager?: EntityManager): Promise<T[]> {
    try {
      const asked = { name: this.nameOf(sql), text: sql, values: [...values] };
      const runner = manager?.queryRunner;
      const session = runner ? ((await runner.connect()) as ClientBase) : this.statements;
      const { rows } = await session.query(asked);
      return rows as T[];
    } catch (error) {
      // As every other statement fails, so that what looks for the database's code finds it.
      throw new QueryFailedError(sql, [...values], error as Error);
    }
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

  /** The major version of the server, for statements that one version runs well and another badly. Asked once. */
  async majorVersion(): Promise<number> {
    if (this.major === undefined) {
      const [row] = await this.rows<{ number: number }>(
        `select current_setting('server_version_num')::int as number`,
      );
      this.major = Math.floor(row!.number / 10_000);
    }
    return this.major;
  }

  /** Runs a statement that may take long and must not be in a transaction, such as REINDEX CONCURRENTLY. */
  async maintain(sql: string): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.query('set statement_timeout = 0');
      await runner.query(sql);
    } finally {
      // A connection that broke takes its settings with it.
      await runner.query('reset statement_timeout').catch(() => undefined);
      await runner.release();
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.pool?.end();
  }

  // Connections of their own: told to plan for all values, which would be wrong for most other statements, and few,
  // so that each statement is planned few times.
  private get statements(): Pool {
    if (this.pool === undefined) {
      const { url, applicationName, connectTimeoutMS, extra } = this.dataSource.options as Connecting;
      this.pool = new Pool({
        ...extra,
        connectionString: url,
        application_name: `${applicationName} statements`,
        connectionTimeoutMillis: connectTimeoutMS,
        max: isNear(url!) ? connectionsNear : connectionsFar,
        options: `${jitOff} -c plan_cache_mode=force_generic_plan`,
      });
      // The next statement gets another connection; without a listener the process would end.
      this.pool.on('error', () => undefined);
    }
    return this.pool;
  }

  private nameOf(sql: string): string {
    const known = this.names.get(sql);
    if (known !== undefined) return known;
    const name = createHash('sha256').update(sql).digest('base64url');
    if (this.names.size < mostNames) this.names.set(sql, name);
    return name;
  }
}

function isNear(url: string): boolean {
  return ['', 'localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
