import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Actor } from '../test/support/client';
import { createTestDatabase, testSecretKey, type TestDatabase } from '../test/support/database';
import { eventually } from '../test/support/eventually';
import { FakeRegistry } from '../test/support/fake-registry';
import { ProductFixture, type CommandResult, type RunningProduct } from '../test/support/product';

/** How many repositories there are: `own` of alice, each described by `word`, and all by `many`. */
export interface Population {
  readonly size: number;
  readonly own: number;
}

/** A word of the descriptions of alice's repositories and of no other. */
export const word = 'quokka';

const patience = 600_000;
const password = 'a long password of alice';

/** The whole product with many repositories to search, some of them alice's, and a registry to push to. */
export class SearchedProduct {
  private constructor(
    readonly database: TestDatabase,
    readonly sql: Client,
    readonly place: ProductFixture,
    readonly registry: FakeRegistry,
    private readonly product: RunningProduct,
    private readonly env: Readonly<Record<string, string>>,
    readonly hookSecret: string,
  ) {}

  /** Starts it and waits until every repository is found, in both engines where `env` names a second one. */
  static async start(population: Population, env: Record<string, string> = {}): Promise<SearchedProduct> {
    const database = await createTestDatabase();
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    const place = await ProductFixture.create();
    const registry = await FakeRegistry.start();
    const own = { DATABASE_URL: database.url, SECRET_KEY: testSecretKey };
    const settings = { ...own, RATE_LIMITS: 'off', LOG_LEVEL: 'warn', ...env };
    const product = place.start(['start'], settings);
    await product.ready();
    const file = join(place.dataDir, '..', 'main.part.yml');
    await succeed(place.run(['registry', 'add', 'main', '--url', registry.url, '--config', file], settings));
    const secret = /ci_hook_[\w-]+/.exec(readFileSync(file, 'utf8'))![0];
    const started = new SearchedProduct(database, sql, place, registry, product, settings, secret);
    const body = { username: 'alice', email: 'alice@example.org', password };
    const { status, text } = await product.anonymous.post('/api/v1/users', body);
    if (status !== 201) throw new Error(text);
    await started.fill(population);
    return started;
  }

  get anonymous(): Actor {
    return this.product.anonymous;
  }

  get alice(): Actor {
    return this.anonymous.basic('alice', password);
  }

  /** Begins an operator's command. */
  begin(args: readonly string[]): RunningProduct {
    return this.place.start(args, this.env);
  }

  /** Runs an operator's command to its end. */
  command(args: readonly string[]): Promise<CommandResult> {
    return this.place.run(args, this.env);
  }

  /** Waits until nothing waits to be done or to be confirmed by a second engine. */
  async settled(within: number): Promise<void> {
    await eventually(async () => {
      const left = await this.number(
        `select (select count(*) from graphile_worker.jobs where run_at <= now()) + (select count(*) from fact_outbox)
           + (select count(*) from search_outbox)
           + (select count(*) from search_replica where building is not null or generation is null) as n`,
      );
      if (left > 0) throw new Error(`${left} are not done`);
    }, within);
  }

  /** Waits until a rebuild of the second engine that was broken off is taken up and done; writes may go on. */
  async rebuilt(within: number): Promise<void> {
    await eventually(async () => {
      const building = await this.number('select count(building) as n from search_replica');
      if (building > 0) throw new Error('it is not taken up');
    }, within);
  }

  async number(statement: string): Promise<number> {
    const { rows } = await this.sql.query<{ n: string }>(statement);
    return Number(rows[0]!.n);
  }

  /** A figure of `GET /metrics`. */
  async metric(name: string): Promise<number> {
    const { text } = await this.anonymous.get('/metrics');
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
  }

  async stop(): Promise<void> {
    await this.place.remove();
    await this.registry.stop();
    await this.sql.end();
    await this.database.drop();
  }

  private async fill({ size, own }: Population): Promise<void> {
    const rows = Array.from({ length: size }, (_, n) =>
      n < own
        ? { namespace: 'alice', name: `own-${n}`, description: descriptionOf(0) }
        : { namespace: `crowd-${n % 100}`, name: `app-${n}`, description: `One of many, number ${n}` },
    );
    const file = join(this.place.dataDir, '..', 'repositories.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await succeed(this.command(['import', file]));
    await this.settled(patience);
    // As autovacuum does within a minute.
    await this.sql.query('vacuum analyze search_document, search_posting, repository');
  }
}

/** What alice says of a repository of hers at the n-th time. */
export function descriptionOf(n: number): string {
  return `A ${word} of many, told ${n}`;
}

async function succeed(command: Promise<CommandResult>): Promise<void> {
  const { code, stderr, stdout } = await command;
  if (code !== 0) throw new Error(`${stderr}${stdout}`);
}
