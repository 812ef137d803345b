import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Actor } from '../test/support/client';
import { createTestDatabase, testSecretKey, type TestDatabase } from '../test/support/database';
import { eventually } from '../test/support/eventually';
import { FakeRegistry } from '../test/support/fake-registry';
import { ProductFixture, type CommandResult, type RunningProduct } from '../test/support/product';

/** Repositories to import: `own` of them belong to alice. `word` finds those of alice, `many` finds all. */
export interface Population {
  /** Total, including those of alice. */
  readonly size: number;
  readonly own: number;
}

/** A word that occurs in the descriptions of alice's repositories only. */
export const word = 'quokka';

const importTimeoutMs = 600_000;
const password = 'a long password of alice';

/** The whole product with many repositories to search, some of them alice's, and a registry to push to. */
export class SearchInstance {
  private constructor(
    readonly database: TestDatabase,
    readonly sql: Client,
    readonly registry: FakeRegistry,
    readonly hookSecret: string,
    private readonly product: ProductFixture,
    private readonly supervisor: RunningProduct,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Starts it and waits until every repository is searchable, also in Meilisearch if `env` configures one. */
  static async start(population: Population, env: Record<string, string> = {}): Promise<SearchInstance> {
    const database = await createTestDatabase();
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    const product = await ProductFixture.create();
    const registry = await FakeRegistry.start();
    const own = { DATABASE_URL: database.url, SECRET_KEY: testSecretKey };
    const settings = { ...own, RATE_LIMITS: 'off', LOG_LEVEL: 'warn', ...env };
    const supervisor = product.start(['start'], settings);
    await supervisor.ready();
    const file = join(product.dataDir, '..', 'main.part.yml');
    await expectSuccess(
      product.run(['registry', 'add', 'main', '--url', registry.url, '--config', file], settings),
    );
    const secret = /ci_hook_[\w-]+/.exec(readFileSync(file, 'utf8'))![0];
    const instance = new SearchInstance(database, sql, registry, secret, product, supervisor, settings);
    const body = { username: 'alice', email: 'alice@example.org', password };
    const { status, text } = await supervisor.anonymous.post('/api/v1/users', body);
    if (status !== 201) throw new Error(text);
    await instance.import(population);
    return instance;
  }

  get anonymous(): Actor {
    return this.supervisor.anonymous;
  }

  get alice(): Actor {
    return this.anonymous.basic('alice', password);
  }

  /** Starts a command of the CLI. */
  begin(args: readonly string[]): RunningProduct {
    return this.product.start(args, this.env);
  }

  /** Runs a command of the CLI to its end. */
  command(args: readonly string[]): Promise<CommandResult> {
    return this.product.run(args, this.env);
  }

  /** Waits until no job is due, no fact is pending and the replica, if there is one, is complete. */
  async waitUntilSettled(timeoutMs: number): Promise<void> {
    await eventually(async () => {
      const pending = await this.number(
        `select (select count(*) from graphile_worker.jobs where run_at <= now()) + (select count(*) from fact_outbox)
           + (select count(*) from search_outbox)
           + (select count(*) from search_replica where building is not null or generation is null) as n`,
      );
      if (pending > 0) throw new Error(`${pending} are pending`);
    }, timeoutMs);
  }

  /** Waits until an interrupted rebuild of the replica is resumed and complete; writes may continue meanwhile. */
  async waitUntilRebuilt(timeoutMs: number): Promise<void> {
    await eventually(async () => {
      const building = await this.number('select count(building) as n from search_replica');
      if (building > 0) throw new Error('the rebuild is not complete');
    }, timeoutMs);
  }

  /** Returns the column `n` of the first row. */
  async number(statement: string): Promise<number> {
    const { rows } = await this.sql.query<{ n: string }>(statement);
    return Number(rows[0]!.n);
  }

  /** Returns how many differences of the replica the product has repaired that it did not know of. */
  async drift(): Promise<number> {
    return this.number(`select coalesce((select drift from search_replica), 0) as n`);
  }

  async stop(): Promise<void> {
    await this.product.remove();
    await this.registry.stop();
    await this.sql.end();
    await this.database.drop();
  }

  private async import({ size, own }: Population): Promise<void> {
    const rows = Array.from({ length: size }, (_, n) =>
      n < own
        ? { namespace: 'alice', name: `own-${n}`, description: descriptionOf(0) }
        : { namespace: `crowd-${n % 100}`, name: `app-${n}`, description: `One of many, number ${n}` },
    );
    const file = join(this.product.dataDir, '..', 'repositories.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await expectSuccess(this.command(['import', file]));
    await this.waitUntilSettled(importTimeoutMs);
    // Autovacuum would do this within a minute.
    await this.sql.query('vacuum analyze search_document, search_posting, repository');
  }
}

/** Returns the n-th description of a repository of alice. */
export function descriptionOf(n: number): string {
  return `A ${word} of many, version ${n}`;
}

async function expectSuccess(command: Promise<CommandResult>): Promise<void> {
  const { code, stderr, stdout } = await command;
  if (code !== 0) throw new Error(`${stderr}${stdout}`);
}
