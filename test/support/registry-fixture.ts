import type { INestApplicationContext } from '@nestjs/common';
import { NotificationsService, RegistriesService, type Registry } from '@central-index/registries';
import {
  AdoptionService,
  MovesService,
  ReconcilerService,
  RegistryDoctor,
  ImageDeletionService,
  RegistrySyncModule,
  EventProcessorService,
  type Adoption,
  type RegistryCheck,
  type Move,
  type ReconcileResult,
  type ReconcileOptions,
} from '@central-index/registry-sync';
import { PullCounter, RepositoriesModule, RepositoriesService } from '@central-index/repositories';
import { Database } from '@central-index/platform/database';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from './database';
import { FakeRegistry } from './fake-registry';
import { PlainTokensModule } from './plain-tokens';
import type { Generation } from './registry-event-bodies';
import { openTestModule } from './test-module';

/** A fake registry that the index serves, and the rooms that take in and apply its reports, on a database of its own. */
export class RegistryFixture {
  private constructor(
    readonly database: TestDatabase,
    readonly sql: Client,
    readonly fake: FakeRegistry,
    readonly registry: Registry,
    private readonly contexts: readonly INestApplicationContext[],
  ) {}

  /** `processes` is how many index processes take reports in and apply them beside each other. */
  static async start(generation: Generation, processes = 1): Promise<RegistryFixture> {
    const database = await createTestDatabase();
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    const fake = await FakeRegistry.start({ generation });
    const rooms = await Promise.all(
      Array.from({ length: processes }, () =>
        openTestModule(database, [RepositoriesModule, RegistrySyncModule.using(PlainTokensModule)]),
      ),
    );
    const { registry } = await rooms[0]!
      .get(RegistriesService, { strict: false })
      .add({ name: 'main', url: fake.url }, { name: ':test' });
    return new RegistryFixture(database, sql, fake, registry, rooms);
  }

  async stop(): Promise<void> {
    for (const room of this.contexts) await room.close();
    await this.fake.stop();
    await this.sql.end();
    await this.database.drop();
  }

  /** Makes a repository placed on the registry, as a first push grant does. */
  async place(
    path: string,
    options: { registryPath?: string; state?: string; registryId?: string | null; official?: boolean } = {},
  ): Promise<string> {
    const [namespace, name] = path.split('/');
    await this.sql.query(
      `insert into namespace (name, origin, reserved_name_allowed) values ($1, 'import', true) on conflict do nothing`,
      [namespace],
    );
    const { rows } = await this.sql.query<{ id: string }>(
      `insert into repository (namespace_id, path, name, state, official, registry_id, registry_path)
       select id, $2, $3, $4, $5, $6, $7 from namespace where name = $1 returning id`,
      [
        namespace,
        path,
        name,
        options.state ?? 'pending',
        options.official ?? false,
        options.registryId === undefined ? this.registry.id : options.registryId,
        options.registryPath ?? path,
      ],
    );
    return rows[0]!.id;
  }

  /** Delivers one envelope to one of the processes. */
  async deliver(events: readonly object[], process = 0): Promise<void> {
    const notifications = this.contexts[process]!.get(NotificationsService, { strict: false });
    await notifications.receive(this.registry, Buffer.from(JSON.stringify({ events })), {
      'content-type': 'application/vnd.docker.distribution.events.v1+json',
    });
  }

  /** Does the job that a report makes, in one of the processes. */
  apply(process = 0): Promise<void> {
    return this.contexts[process]!.get(EventProcessorService, { strict: false }).apply(this.registry.id);
  }

  /** Does the jobs of pushes that were perhaps asked about too early; answers how many those were. */
  async recheck(): Promise<number> {
    const { rows } = await this.sql.query<{ payload: { eventId: string; attempt: number } }>(
      `delete from graphile_worker._private_jobs where task_id in (
         select id from graphile_worker._private_tasks where identifier = 'tag.recheck-requested') returning payload`,
    );
    const reports = this.contexts[0]!.get(EventProcessorService, { strict: false });
    for (const { payload } of rows) await reports.recheck(payload.eventId, payload.attempt);
    return rows.length;
  }

  /** Does the job that an overflow makes. */
  reconcileAfterOverflow(process = 0): Promise<void> {
    return this.contexts[process]!.get(ReconcilerService, { strict: false }).reconcileInBackground(
      this.registry.id,
      {
        full: true,
      },
    );
  }

  /** Moves a repository to another registry, as an administrator's command does. */
  move(path: string, registry: string, options: { deleteSource?: boolean } = {}): Promise<Move> {
    return this.contexts[0]!.get(MovesService, { strict: false }).move(
      path,
      registry,
      { name: ':test' },
      options,
    );
  }

  /** Does the jobs of moves that shall leave nothing behind. */
  async deleteMovedSources(): Promise<void> {
    const removals = this.contexts[0]!.get(ImageDeletionService, { strict: false });
    const jobs = await this.sql.query<{ id: string; payload: Record<string, string> }>(
      `select id, payload from graphile_worker._private_jobs
        where task_id = (select id from graphile_worker._private_tasks where identifier = 'repository.moved-away')`,
    );
    for (const { id, payload } of jobs.rows) {
      await removals.deleteMovedSource(payload.repositoryId!, payload.registryId!, payload.registryPath!);
      await this.sql.query('select graphile_worker.complete_jobs(array[$1::bigint])', [id]);
    }
  }

  /** Has the registry examined, by check; waits that long for a notification. */
  async diagnose(
    notificationMs: number,
    name = 'main',
    withinMs?: number,
  ): Promise<Record<string, RegistryCheck>> {
    const doctor = this.contexts[0]!.get(RegistryDoctor, { strict: false });
    const checks = await doctor.diagnose(name, { notificationMs, withinMs });
    return Object.fromEntries(checks.map((check) => [check.name, check]));
  }

  /** Lets another server be the registry. */
  async setRegistryUrl(url: string): Promise<void> {
    await this.sql.query(`update registry set url = $1 where name = 'main'`, [url]);
  }

  /** Registers a further registry. */
  async addRegistry(name: string, url: string): Promise<Registry> {
    const registries = this.contexts[0]!.get(RegistriesService, { strict: false });
    return (await registries.add({ name, url }, { name: ':test' })).registry;
  }

  /** Reconciles the registry, as an administrator's command does. */
  reconcile(options: ReconcileOptions = {}): Promise<ReconcileResult> {
    return this.contexts[0]!.get(ReconcilerService, { strict: false }).reconcile('main', options);
  }

  /** Does the job that a removal makes. */
  deleteImages(repositoryId: string): Promise<void> {
    return this.contexts[0]!.get(ImageDeletionService, { strict: false }).deleteImages(repositoryId);
  }

  /** Does what is due every ten minutes. */
  purgePullRequests(): Promise<void> {
    return this.contexts[0]!.get(PullCounter, { strict: false }).purgeExpired();
  }

  /** Deletes events that came so many days ago, as is due every night. */
  purgeEvents(days: number): Promise<number> {
    return this.contexts[0]!.get(NotificationsService, { strict: false }).purgeExpired(days);
  }

  /** Makes a repository a tombstone, as its owner's removal does. */
  async softDelete(repositoryId: string): Promise<void> {
    const repositories = this.contexts[0]!.get(RepositoriesService, { strict: false });
    await this.contexts[0]!.get(Database, { strict: false }).transaction((manager) =>
      repositories.softDelete(manager, repositoryId),
    );
  }

  /** Makes a tombstone pending again, as a push grant does; on a connection of its own, because it may have to wait. */
  async revive(repositoryId: string): Promise<void> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    await client.query(`update repository set state = 'pending' where id = $1`, [repositoryId]);
    await client.end();
  }

  /** True while some statement in this database waits for a lock. */
  async hasLockWaiter(): Promise<boolean> {
    const { rows } = await this.sql.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  }

  /** Adopts from the registry, as an administrator's command does. */
  adopt(pattern: string, visibility: 'public' | 'private' = 'private'): Promise<Adoption> {
    const adoption = this.contexts[0]!.get(AdoptionService, { strict: false });
    return adoption.adopt('main', pattern, { visibility, actor: { name: ':test' } });
  }

  /** Delivers what happened at the registry since the last time, and applies it. */
  async deliverAndApply(): Promise<void> {
    for (const event of this.fake.drainEvents()) await this.deliver([event]);
    await this.apply();
  }

  /** What the index holds of a repository, in the form of FakeRegistry.contents(). */
  async contents(path: string): Promise<{ tags: Record<string, string>; digests: string[] }> {
    const tags = await this.sql.query<{ name: string; digest: string }>(
      `select tag.name, digest from tag join repository on repository.id = repository_id where path = $1 order by 1`,
      [path],
    );
    const manifests = await this.sql.query<{ digest: string }>(
      `select digest from manifest join repository on repository.id = repository_id where path = $1 order by 1`,
      [path],
    );
    return {
      tags: Object.fromEntries(tags.rows.map(({ name, digest }) => [name, digest])),
      digests: manifests.rows.map(({ digest }) => digest),
    };
  }

  /** A repository's row, numbers as text. */
  async row(
    path: string,
  ): Promise<{ state: string; pulls: string; pushed_at: Date | null; version: string }> {
    const { rows } = await this.sql.query(
      'select state, pulls, pushed_at, version from repository where path = $1',
      [path],
    );
    return rows[0];
  }

  /** Forgets what happened so far; the index's own reads are events, too. */
  async discardEvents(): Promise<void> {
    this.fake.drainEvents();
    await this.sql.query('delete from registry_event');
  }

  /** How many events are in each state, and why those that are parked are. */
  async eventCounts(): Promise<Record<string, number>> {
    const { rows } = await this.sql.query<{ what: string; n: number }>(
      `select state || coalesce(': ' || reason, '') as what, count(*)::int as n from registry_event group by 1`,
    );
    return Object.fromEntries(rows.map(({ what, n }) => [what, n]));
  }
}
