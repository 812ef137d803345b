import { Database } from '@central-index/platform/database';
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

/** What a drill came to. */
export interface ProcessKillsResult {
  readonly kills: Readonly<Record<string, number>>;
  /** Changes that were answered with success. */
  readonly changes: number;
  readonly searches: number;
  /** From the end of the load until everything agreed. */
  readonly milliseconds: number;
  /** Changes that cannot be found, and what is found but is not so. */
  readonly lost: readonly string[];
  readonly phantom: readonly string[];
  /** Jobs that were due and not done in the end, each with its worker, if one holds it. */
  readonly stuck: readonly string[];
}

/** What was last acknowledged of a repository; undefined after a request whose outcome is not known. */
interface Known {
  description?: string;
  visibility?: 'public' | 'private';
}

const repositories = 200;
const lanes = 4;
const laneInterval = 200;

/** One process of the product, which is killed and started again. */
class Role {
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
 * Changes repositories twenty times a second and searches, while server, worker and Meilisearch are killed again and
 * again; then everything must agree within half a minute.
 */
export async function runProcessKills(options: {
  database: TestDatabase;
  kills: number;
  meilisearch?: MeilisearchServer;
  say?: (line: string) => void;
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
  const [server, worker] = [new Role('server', env), new Role('worker', env)];
  const anonymous = new Actor(`http://127.0.0.1:${port}`);
  const rooms = await openTestModule(database, [RepositoriesModule, SearchModule]);
  try {
    await Promise.all([server.start(), worker.start()]);
    const alice = await prepare(anonymous, rooms.get(ImportService));
    const known = Array.from({ length: repositories }, (): Known => ({
      description: '',
      visibility: 'public',
    }));
    const load = new Load(alice, anonymous, known);
    const kills = await killing(options.kills, { server, worker, meilisearch }, options.say);
    await load.stop();
    const begun = performance.now();
    const verify = (): Promise<[lost: string[], phantom: string[]]> => differences(anonymous, known);
    await eventually(async () => {
      assert.deepEqual(
        (await anonymous.get('/metrics')).text.match(
          /^central_index_search_replica_pending_documents (.*)$/m,
        )?.[1],
        '0',
      );
      const { documents } = await rooms.get(SearchMaintenance).check(false);
      assert.deepEqual(documents, { missing: [], stale: [], orphaned: [] });
      assert.deepEqual(await verify(), [[], []]);
      const jobs = `select (select count(*)::int from graphile_worker.jobs where run_at <= now())
        + (select count(*)::int from fact_outbox) as jobs`;
      assert.deepEqual(await rooms.get(Database).rows(jobs), [{ jobs: 0 }]);
    }, 30_000).catch((error: unknown) => options.say?.(String(error)));
    const milliseconds = Math.round(performance.now() - begun);
    const [lost, phantom] = await verify();
    if (meilisearch) phantom.push(...(await stored(meilisearch, known)));
    const due = await rooms.get(Database).rows<{ job: string }>(
      `select task_identifier || coalesce(' held by ' || locked_by, '') || coalesce(': ' || last_error, '') as job
       from graphile_worker.jobs where run_at <= now()
       union all select type || ' waiting' from fact_outbox`,
    );
    const stuck = due.map(({ job }) => job);
    return { kills, changes: load.changes, searches: load.searches, milliseconds, lost, phantom, stuck };
  } finally {
    await Promise.all([server.kill(), worker.kill()]);
    await rooms.close();
  }
}

async function prepare(anonymous: Actor, imports: ImportService): Promise<Actor> {
  const password = 'a long password of alice';
  const person = { username: 'alice', email: 'alice@example.org', password };
  assert.equal((await anonymous.post('/api/v1/users', person)).status, 201);
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

/** The changes and searches that go on meanwhile. */
class Load {
  changes = 0;
  searches = 0;
  private going = true;
  private readonly running: Promise<unknown>;

  constructor(
    private readonly alice: Actor,
    private readonly anonymous: Actor,
    private readonly known: readonly Known[],
  ) {
    this.running = Promise.all([
      ...Array.from({ length: lanes }, (_, lane) => this.change(lane)),
      this.search(),
    ]);
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.running;
  }

  // Each lane has repositories of its own, so that what was acknowledged last is what must be found.
  private async change(lane: number): Promise<void> {
    for (let turn = 0; this.going; turn += 1) {
      const number = lane + lanes * Math.floor((Math.random() * repositories) / lanes);
      const field = Math.random() < 0.7 ? 'description' : 'visibility';
      const value = field === 'description' ? `w${lane}x${turn}` : Math.random() < 0.5 ? 'private' : 'public';
      const body = { [field]: value };
      const known = this.known[number]!;
      try {
        const { status } = await this.alice.patch(`/api/v1/repositories/alice/r-${number}`, body);
        Object.assign(known, { [field]: status === 200 ? value : undefined });
        if (status === 200) this.changes += 1;
      } catch {
        Object.assign(known, { [field]: undefined });
      }
      await pause(laneInterval);
    }
  }

  private async search(): Promise<void> {
    while (this.going) {
      const answer = await this.anonymous.get('/v1/search?q=alice/').catch(() => undefined);
      if (answer?.status === 200) this.searches += 1;
      await pause(laneInterval);
    }
  }
}

async function killing(
  count: number,
  victims: { server: Role; worker: Role; meilisearch: MeilisearchServer | undefined },
  say: ((line: string) => void) | undefined,
): Promise<Record<string, number>> {
  const { server, worker, meilisearch } = victims;
  const lives = [
    { name: 'worker', kill: () => worker.kill(), start: () => worker.start() },
    { name: 'server', kill: () => server.kill(), start: () => server.start() },
    ...(meilisearch
      ? [{ name: 'meilisearch', kill: () => meilisearch.signal('SIGKILL'), start: () => meilisearch.run() }]
      : []),
  ];
  const kills: Record<string, number> = {};
  for (let number = 0; number < count; number += 1) {
    await pause(200 + Math.random() * 800);
    const { name, kill, start } = lives[number % lives.length]!;
    await kill();
    await start();
    kills[name] = (kills[name] ?? 0) + 1;
    if (number % 10 === 9) say?.(`${number + 1} kills`);
  }
  return kills;
}

async function differences(anonymous: Actor, known: readonly Known[]): Promise<[string[], string[]]> {
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

async function stored(meilisearch: MeilisearchServer, known: readonly Known[]): Promise<string[]> {
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
