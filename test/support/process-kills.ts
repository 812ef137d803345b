import { Database, sql } from '@central-index/platform/database';
import { ImportService, RepositoriesModule } from '@central-index/repositories';
import { SearchModule, SearchMaintenance } from '@central-index/search';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Actor } from './client';
import { testSecretKey, type TestDatabase } from './database';
import { eventually } from './eventually';
import { freePort } from './free-port';
import type { MeilisearchServer } from './meilisearch-server';
import { openTestModule } from './test-module';

/** The outcome of a run, which is good when `lost`, `phantom` and `stuck` are empty. */
export interface ProcessKillsResult {
  /** How often each process was killed. */
  readonly kills: Readonly<Record<string, number>>;
  /** How many changes were acknowledged with success. */
  readonly changes: number;
  readonly searches: number;
  /** Time from the end of the load until search agreed with the acknowledged changes. */
  readonly milliseconds: number;
  /** Acknowledged changes that search does not show. */
  readonly lost: readonly string[];
  /** Private repositories that search shows. */
  readonly phantom: readonly string[];
  /** Jobs that were due and not done at the end, each with the worker that has locked it. */
  readonly stuck: readonly string[];
}

/** The last acknowledged values of a repository; undefined after a request whose outcome is unknown. */
interface AcknowledgedState {
  description?: string;
  visibility?: 'public' | 'private';
}

const repositories = 200;
const writers = 4;
const intervalMs = 200;

/** One process of the product, which can be killed and restarted. */
class ProductProcess {
  private child: ChildProcess | undefined;

  constructor(
    private readonly app: 'server' | 'worker',
    private readonly env: Record<string, string>,
  ) {}

  async start(): Promise<void> {
    const program = join(__dirname, '..', '..', 'apps', this.app, 'src', 'main.js');
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, ...this.env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.child = child;
    await once(child, 'message');
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.child) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}

/**
 * Sends 20 changes and 5 searches per second while server, worker and Meilisearch are killed and restarted. Afterwards
 * waits up to 30 s until search agrees with the acknowledged changes and no job is due.
 */
export async function runProcessKills(options: {
  database: TestDatabase;
  kills: number;
  meilisearch?: MeilisearchServer;
  /** Receives lines about the progress. */
  log?: (line: string) => void;
}): Promise<ProcessKillsResult> {
  const { database, meilisearch } = options;
  const port = await freePort();
  const env = {
    DATABASE_URL: database.url,
    SECRET_KEY: testSecretKey,
    PORT: String(port),
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'fatal',
    ...meilisearch?.env,
  };
  const [server, worker] = [new ProductProcess('server', env), new ProductProcess('worker', env)];
  const anonymous = new Actor(`http://127.0.0.1:${port}`);
  const context = await openTestModule(database, [RepositoriesModule, SearchModule]);
  try {
    await Promise.all([server.start(), worker.start()]);
    const alice = await prepare(anonymous, context.get(ImportService));
    const known = Array.from({ length: repositories }, (): AcknowledgedState => ({
      description: '',
      visibility: 'public',
    }));
    const load = new Load(alice, anonymous, known);
    const kills = await killRepeatedly(options.kills, { server, worker, meilisearch }, options.log);
    await load.stop();
    const start = performance.now();
    const verify = (): Promise<[lost: string[], phantom: string[]]> => differences(anonymous, known);
    await eventually(async () => {
      const outbox = 'select count(*)::int as pending from search_outbox';
      assert.deepEqual(await context.get(Database).query(sql(outbox)), [{ pending: 0 }]);
      const { documents } = await context.get(SearchMaintenance).check(false);
      assert.deepEqual(documents, { missing: [], stale: [], orphaned: [] });
      assert.deepEqual(await verify(), [[], []]);
      const jobs = `select (select count(*)::int from graphile_worker.jobs where run_at <= now())
        + (select count(*)::int from fact_outbox) as jobs`;
      assert.deepEqual(await context.get(Database).query(sql(jobs)), [{ jobs: 0 }]);
    }, 30_000).catch((error: unknown) => options.log?.(String(error)));
    const milliseconds = Math.round(performance.now() - start);
    const [lost, phantom] = await verify();
    if (meilisearch) phantom.push(...(await privateInMeilisearch(meilisearch, known)));
    const due = await context.get(Database).query(
      sql<{
        job: string;
      }>(`select task_identifier || coalesce(' locked by ' || locked_by, '') || coalesce(': ' || last_error, '') as job
       from graphile_worker.jobs where run_at <= now()
       union all select type || ' pending' from fact_outbox`),
    );
    const stuck = due.map(({ job }) => job);
    return { kills, changes: load.changes, searches: load.searches, milliseconds, lost, phantom, stuck };
  } finally {
    await Promise.all([server.kill(), worker.kill()]);
    await context.close();
  }
}

async function prepare(anonymous: Actor, imports: ImportService): Promise<Actor> {
  const password = 'a long password of alice';
  const account = { username: 'alice', email: 'alice@example.org', password };
  assert.equal((await anonymous.post('/api/v1/users', account)).status, 201);
  const rows = Array.from(
    { length: repositories },
    (_, number) => `{"namespace":"alice","name":"r-${number}"}\n`,
  );
  const bytes = (async function* () {
    yield Buffer.from(rows.join(''));
  })();
  await imports.run(bytes, { actor: { name: ':test' } });
  return anonymous.basic('alice', password);
}

/** The changes and searches during the kills. */
class Load {
  changes = 0;
  searches = 0;
  private isRunning = true;
  private readonly finished: Promise<unknown>;

  constructor(
    private readonly alice: Actor,
    private readonly anonymous: Actor,
    private readonly known: readonly AcknowledgedState[],
  ) {
    this.finished = Promise.all([
      ...Array.from({ length: writers }, (_, writer) => this.change(writer)),
      this.search(),
    ]);
  }

  async stop(): Promise<void> {
    this.isRunning = false;
    await this.finished;
  }

  // Each writer has repositories of its own, so that search must show what was acknowledged last.
  private async change(writer: number): Promise<void> {
    for (let round = 0; this.isRunning; round += 1) {
      const number = writer + writers * Math.floor((Math.random() * repositories) / writers);
      const field = Math.random() < 0.7 ? 'description' : 'visibility';
      const value =
        field === 'description' ? `w${writer}x${round}` : Math.random() < 0.5 ? 'private' : 'public';
      const body = { [field]: value };
      const known = this.known[number]!;
      try {
        const { status } = await this.alice.patch(`/api/v1/repositories/alice/r-${number}`, body);
        Object.assign(known, { [field]: status === 200 ? value : undefined });
        if (status === 200) this.changes += 1;
      } catch {
        Object.assign(known, { [field]: undefined });
      }
      await pause(intervalMs);
    }
  }

  private async search(): Promise<void> {
    while (this.isRunning) {
      const response = await this.anonymous.get('/v1/search?q=alice/').catch(() => undefined);
      if (response?.status === 200) this.searches += 1;
      await pause(intervalMs);
    }
  }
}

async function killRepeatedly(
  count: number,
  processes: { server: ProductProcess; worker: ProductProcess; meilisearch: MeilisearchServer | undefined },
  log: ((line: string) => void) | undefined,
): Promise<Record<string, number>> {
  const { server, worker, meilisearch } = processes;
  const targets = [
    { name: 'worker', kill: () => worker.kill(), start: () => worker.start() },
    { name: 'server', kill: () => server.kill(), start: () => server.start() },
    ...(meilisearch
      ? [{ name: 'meilisearch', kill: () => meilisearch.signal('SIGKILL'), start: () => meilisearch.run() }]
      : []),
  ];
  const kills: Record<string, number> = {};
  for (let number = 0; number < count; number += 1) {
    await pause(200 + Math.random() * 800);
    const { name, kill, start } = targets[number % targets.length]!;
    await kill();
    await start();
    kills[name] = (kills[name] ?? 0) + 1;
    if (number % 10 === 9) log?.(`${number + 1} kills`);
  }
  return kills;
}

async function differences(
  anonymous: Actor,
  known: readonly AcknowledgedState[],
): Promise<[string[], string[]]> {
  const [lost, phantom]: [string[], string[]] = [[], []];
  for (const [number, { description, visibility }] of known.entries()) {
    if (visibility === undefined) continue;
    const name = `alice/r-${number}`;
    const { json } = await anonymous.get(`/v1/search?q=${name}&n=1`);
    const [hit] = json.results;
    const isFound = hit?.name === name;
    if (isFound && visibility === 'private') phantom.push(name);
    if (!isFound && visibility === 'public') lost.push(name);
    if (isFound && description !== undefined && hit.description !== description)
      lost.push(`${name}: ${description}`);
  }
  return [lost, phantom];
}

async function privateInMeilisearch(
  meilisearch: MeilisearchServer,
  known: readonly AcknowledgedState[],
): Promise<string[]> {
  const { results } = await meilisearch.request<{ results: { namespace?: string; repo?: string }[] }>(
    'POST',
    '/indexes/repositories/documents/fetch',
    { limit: 10_000, fields: ['namespace', 'repo'] },
  );
  const names = new Set(results.map(({ repo }) => repo));
  return known.flatMap(({ visibility }, number) =>
    visibility === 'private' && names.has(`r-${number}`) ? [`r-${number} in Meilisearch`] : [],
  );
}
