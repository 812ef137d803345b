import type { INestApplicationContext } from '@nestjs/common';
import {
  NotificationsService,
  RegistriesService,
  type Registry,
  type RegistryKind,
} from '@central-index/registries';
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

/** An event of zot: attributes, which are sent as headers, and data. */
interface CloudEvent extends Readonly<Record<string, unknown>> {
  readonly data: object;
  readonly datacontenttype: string;
}

/** A registered fake registry, and the services that receive and apply its events, on a database of its own. */
export class RegistryFixture {
  private constructor(
    readonly database: TestDatabase,
    readonly sql: Client,
    readonly fake: FakeRegistry,
    readonly registry: Registry,
    private readonly contexts: readonly INestApplicationContext[],
  ) {}

  /** `processes` is how many index processes receive and apply events concurrently. */
  static async start(generation: Generation, processes = 1): Promise<RegistryFixture> {
    const database = await createTestDatabase();
    const sql = new Client({ connectionString: database.url });
    await sql.connect();
    const fake = await FakeRegistry.start({ generation });
    const contexts = await Promise.all(
      Array.from({ length: processes }, () =>
        openTestModule(database, [RepositoriesModule, RegistrySyncModule.using(PlainTokensModule)]),
      ),
    );
    const { registry } = await contexts[0]!
      .get(RegistriesService, { strict: false })
      .add(
        { name: 'main', url: fake.url, kind: generation === 'zot' ? 'zot' : 'distribution2' },
        { name: ':test' },
      );
    return new RegistryFixture(database, sql, fake, registry, contexts);
  }

  async stop(): Promise<void> {
    for (const context of this.contexts) await context.close();
    await this.fake.stop();
    await this.sql.end();
    await this.database.drop();
  }

  /** Creates a repository placed on the registry, as the first push grant does. Returns its id. */
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

  /** Delivers one envelope of events to one of the processes; zot sends each event by itself. */
  async deliver(events: readonly object[], process = 0): Promise<void> {
    const notifications = this.contexts[process]!.get(NotificationsService, { strict: false });
    if (this.registry.kind === 'zot') {
      for (const event of events as CloudEvent[]) {
        const { data, datacontenttype, ...attributes } = event;
        const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]);
        await notifications.receive(this.registry, Buffer.from(JSON.stringify(data)), {
          ...Object.fromEntries(headers),
          'content-type': datacontenttype,
        });
      }
      return;
    }
    await notifications.receive(this.registry, Buffer.from(JSON.stringify({ events })), {
      'content-type': 'application/vnd.docker.distribution.events.v1+json',
    });
  }

  /** Runs the job that received events enqueue, in one of the processes. */
  apply(process = 0): Promise<void> {
    return this.contexts[process]!.get(EventProcessorService, { strict: false }).apply(this.registry.id);
  }

  /** Runs the jobs that check premature pushes again. Returns how many there were. */
  async recheck(): Promise<number> {
    const { rows } = await this.sql.query<{ payload: { eventId: string; attempt: number } }>(
      `delete from graphile_worker._private_jobs where task_id in (
         select id from graphile_worker._private_tasks where identifier = 'tag.recheck-requested') returning payload`,
    );
    const processor = this.contexts[0]!.get(EventProcessorService, { strict: false });
    for (const { payload } of rows) await processor.recheck(payload.eventId, payload.attempt);
    return rows.length;
  }

  /** Runs the job that an oversized envelope of events enqueues, in one of the processes. */
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

  /** Runs the jobs that delete the sources of moves. */
  async deleteMovedSources(): Promise<void> {
    const deletions = this.contexts[0]!.get(ImageDeletionService, { strict: false });
    const jobs = await this.sql.query<{ id: string; payload: Record<string, string> }>(
      `select id, payload from graphile_worker._private_jobs
        where task_id = (select id from graphile_worker._private_tasks where identifier = 'repository.moved-away')`,
    );
    for (const { id, payload } of jobs.rows) {
      await deletions.deleteMovedSource(payload.repositoryId!, payload.registryId!, payload.registryPath!);
      await this.sql.query('select graphile_worker.complete_jobs(array[$1::bigint])', [id]);
    }
  }

  /** Diagnoses a registry; returns the checks by name. Waits at most `notificationMs` for a notification. */
  async diagnose(
    notificationMs: number,
    name = 'main',
    withinMs?: number,
  ): Promise<Record<string, RegistryCheck>> {
    const doctor = this.contexts[0]!.get(RegistryDoctor, { strict: false });
    const checks = await doctor.diagnose(name, { notificationMs, withinMs });
    return Object.fromEntries(checks.map((check) => [check.name, check]));
  }

  /** Changes the URL of the registry `main`. */
  async setRegistryUrl(url: string): Promise<void> {
    await this.sql.query(`update registry set url = $1 where name = 'main'`, [url]);
  }

  /** Registers another registry. */
  async addRegistry(name: string, url: string, kind: RegistryKind = 'distribution2'): Promise<Registry> {
    const registries = this.contexts[0]!.get(RegistriesService, { strict: false });
    return (await registries.add({ name, url, kind }, { name: ':test' })).registry;
  }

  /** Reconciles the registry, as an administrator's command does. */
  reconcile(options: ReconcileOptions = {}): Promise<ReconcileResult> {
    return this.contexts[0]!.get(ReconcilerService, { strict: false }).reconcile('main', options);
  }

  /** Adds the jobs of reconciles that are due, as the schedule does every minute. */
  reconcileDue(): Promise<void> {
    return this.contexts[0]!.get(ReconcilerService, { strict: false }).reconcileDue();
  }

  /** Runs the job that the deletion of a repository enqueues. */
  deleteImages(repositoryId: string): Promise<void> {
    return this.contexts[0]!.get(ImageDeletionService, { strict: false }).deleteImages(repositoryId);
  }

  /** Runs the job that purges old pull requests, which is due every ten minutes. */
  async purgePullRequests(): Promise<void> {
    const pulls = this.contexts[0]!.get(PullCounter, { strict: false });
    await pulls.purgeRequests();
    await pulls.purgeUniquePulls();
  }

  /** Runs the nightly job that purges events received more than `days` days ago. Returns how many it deleted. */
  purgeEvents(days: number): Promise<number> {
    return this.contexts[0]!.get(NotificationsService, { strict: false }).purgeExpired(days);
  }

  /** Makes a repository a tombstone, as deletion by its owner does. */
  async softDelete(repositoryId: string): Promise<void> {
    const repositories = this.contexts[0]!.get(RepositoriesService, { strict: false });
    await this.contexts[0]!.get(Database, { strict: false }).transaction((manager) =>
      repositories.softDelete(manager, repositoryId),
    );
  }

  /** Makes a tombstone pending again, as a push grant does. It may wait for a lock, so it has its own connection. */
  async revive(repositoryId: string): Promise<void> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    await client.query(`update repository set state = 'pending' where id = $1`, [repositoryId]);
    await client.end();
  }

  /** True while a statement in this database waits for a lock. */
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

  /** Delivers the registry's events since the last call, and applies them. */
  async deliverAndApply(): Promise<void> {
    for (const event of this.fake.drainEvents()) await this.deliver([event]);
    await this.apply();
  }

  /** What the index stores of a repository, in the form of FakeRegistry.contents(). */
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

  /** Columns of a repository's row. */
  async row(
    path: string,
  ): Promise<{ state: string; pulls: string; pushed_at: Date | null; version: string }> {
    const { rows } = await this.sql.query(
      'select state, pulls, pushed_at, version from repository where path = $1',
      [path],
    );
    return rows[0];
  }

  /** Discards all events so far. The index's own reads produce events, too. */
  async discardEvents(): Promise<void> {
    this.fake.drainEvents();
    await this.sql.query('delete from registry_event');
  }

  /** The number of events by state, or by `state: reason` for parked events. */
  async eventCounts(): Promise<Record<string, number>> {
    const { rows } = await this.sql.query<{ key: string; count: number }>(
      `select state || coalesce(': ' || reason, '') as key, count(*)::int as count from registry_event group by 1`,
    );
    return Object.fromEntries(rows.map(({ key, count }) => [key, count]));
  }
}
