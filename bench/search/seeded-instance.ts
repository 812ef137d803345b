import { openEmbedded, type EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { succeeded } from '../../test/acceptance/support/processes';
import { Product } from '../../test/acceptance/support/product';
import { testSecretKey } from '../../test/support/database';
import { processorTime, processorTimeOfEnded, timed } from '../stats';

const tables = ['search_document', 'search_posting', 'search_spelling'];

/** The product as operators start it, with two server processes and an embedded PostgreSQL, filled by `import`. */
export class SeededInstance {
  private constructor(
    readonly folder: string,
    readonly database: EmbeddedDatabase,
    readonly client: Client,
    public product: Product,
  ) {}

  /** Starts an empty instance in `folder`. */
  static async start(folder: string): Promise<SeededInstance> {
    const options = { dataDir: join(folder, 'database'), create: true, log: () => undefined };
    const database = await openEmbedded(options);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    return new SeededInstance(folder, database, client, await startOn(folder, database, {}));
  }

  get url(): string {
    return this.product.url;
  }

  /** Imports a file and waits until all of it is indexed. Returns the seconds of both. */
  async fill(file: string): Promise<{ importing: number; indexing: number }> {
    const importing = await timed(async () => {
      const outcome = await this.product.command(['import', file], '', 600_000);
      // Three of the real names are invalid, which the command reports with an exit code of its own.
      if (outcome.code !== 3) succeeded(outcome);
    });
    const indexing = await timed(() => this.waitForJobs());
    await this.vacuum();
    return { importing: importing / 1000, indexing: indexing / 1000 };
  }

  /** Runs `search rebuild`, which writes all documents again and rebuilds their indexes. Returns its seconds. */
  async rebuild(): Promise<number> {
    const command = ['search', 'rebuild'];
    const milliseconds = await timed(async () => succeeded(await this.product.command(command, '', 600_000)));
    await this.vacuum();
    return milliseconds / 1000;
  }

  /** Waits until no job and no fact is pending. */
  async waitForJobs(): Promise<void> {
    const pending = `select (select count(*) from graphile_worker.jobs where attempts < max_attempts)
      + (select count(*) from fact_outbox) as n`;
    while ((await this.number(pending)) > 0) await pause(100);
  }

  /** Waits until the replica holds all documents. */
  async waitForReplica(): Promise<void> {
    const complete = `select count(*) as n from search_replica
      where generation is not null and building is null and not exists (select from search_outbox)`;
    while ((await this.number(complete)) === 0) await pause(250);
  }

  /** Returns the bytes of the search index: documents, postings and the spelling dictionary, with their indexes. */
  size(): Promise<number> {
    const sizes = tables.map((table) => `pg_total_relation_size('${table}')`);
    return this.number(`select ${sizes.join(' + ')} as n`);
  }

  // Autovacuum does this within a minute. Postings are read by index-only scans, which need the visibility map.
  private async vacuum(): Promise<void> {
    await this.client.query(`vacuum analyze ${tables.join(', ')}, repository`);
  }

  /** Returns the column `n` of the first row. */
  async number(sql: string): Promise<number> {
    const { rows } = await this.client.query<{ n: string }>(sql);
    return Number(rows[0]!.n);
  }

  /** Returns the column `text` of all rows. */
  async strings(sql: string): Promise<string[]> {
    const { rows } = await this.client.query<{ text: string }>(sql);
    return rows.map(({ text }) => text);
  }

  /** Returns the microseconds of processor time used so far. */
  processorTimes(): { servers: number; worker: number; database: number } {
    const file = readFileSync(join(this.database.dataDir, 'data', 'postmaster.pid'), 'utf8');
    const postmaster = Number(file.split('\n')[0]);
    return {
      servers: processorTime(this.product.processes('server')),
      worker: processorTime(this.product.processes('worker')),
      database: processorTime(childrenOf(postmaster)) + processorTimeOfEnded(postmaster),
    };
  }

  /** Restarts the product with other settings, on the same data and at the same URL. */
  async restart(settings: Record<string, string>): Promise<void> {
    await this.product.stop();
    this.product = await startOn(this.folder, this.database, settings, this.product.port);
  }

  /** Stops the product, but not the database. */
  async stopProduct(): Promise<void> {
    await this.product.stop();
  }

  async stop(): Promise<void> {
    await this.product.stop();
    await this.client.end();
    await this.database.close();
  }
}

function startOn(
  folder: string,
  { url }: EmbeddedDatabase,
  settings: Record<string, string>,
  port?: number,
): Promise<Product> {
  const home = join(folder, 'index');
  mkdirSync(home, { recursive: true });
  const own = { DATABASE_URL: url, SECRET_KEY: testSecretKey, SERVER_PROCESSES: '2', RATE_LIMITS: 'off' };
  return Product.start(home, { ...own, ...settings }, port);
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return Number(stat.replace(/^.*\) /s, '').split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}
