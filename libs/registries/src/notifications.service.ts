import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import type { EntityManager } from 'typeorm';
import type { HookHeaders } from './cloud-event';
import { parked, readEnvelope, type ReportedEvent } from './envelope';
import { BatchQueue } from './batch-queue';
import { notificationUnauthorized } from './registries.errors';
import { registryEventOversized, registryEventsReceived } from './registries.facts';
import { secretHash, toRegistry } from './registries.service';
import type { Registry } from './registry';
import { RegistryEntity } from './registry.entity';

/** An event that waits to be applied. */
export interface PendingRegistryEvent {
  readonly id: string;
  readonly body: Buffer;
  readonly receivedAt: Date;
}

/** How many events of a registry wait, and how many were parked. */
export interface Backlog {
  readonly pending: number;
  readonly parked: number;
  /** Since when the oldest waits; null when none does. */
  readonly oldest: Date | null;
}

/** What one request of a registry brought. */
interface Delivery {
  readonly registry: Registry;
  readonly events: readonly ReportedEvent[];
}

const maxConcurrentDeliveries = 200;

/** The inbox of what registries report. Storing and applying are apart, so that a registry never waits for the latter. */
@Injectable()
export class NotificationsService {
  private readonly secrets: InvalidatingCache<{ registry: Registry; hash: Buffer }>;
  // One transaction for all that comes while the one before is written: many registries report at once.
  private readonly inbox = new BatchQueue<Delivery>(
    (deliveries) => this.insertEvents(deliveries),
    maxConcurrentDeliveries,
  );

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    changes: ChangeListener,
  ) {
    this.secrets = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 1_000 });
  }

  /**
   * The registry of that name, if the header bears its secret; else NOTIFICATION_UNAUTHORIZED, whether it exists or not. zot
   * can send its secret as a password only.
   */
  async authenticate(name: string, authorization: string | undefined): Promise<Registry> {
    const known = await this.secretOf(name);
    const expected = known?.hash ?? secretHash('no registry has this secret');
    const right = timingSafeEqual(secretHash(readSecret(authorization, known?.registry.kind)), expected);
    if (known === undefined || !right) throw notificationUnauthorized();
    return known.registry;
  }

  /**
   * Stores each event of a body once, whatever it holds, and states `registry.events-received` in the same transaction if any
   * is new. What cannot be read is stored too, parked.
   */
  async receive(registry: Registry, body: Buffer, headers: HookHeaders): Promise<void> {
    const events = readEnvelope(body, headers);
    if (events.length > 0) await this.inbox.add({ registry, events });
  }

  /** Keeps the beginning of a body that is too large to be read, and has the registry read again instead. */
  async receiveOversized(registry: Registry, beginning: Buffer): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.store(manager, [{ registry, events: [parked(beginning, 'oversized')] }]);
      await this.jobs.emit(manager, registryEventOversized({ registryId: registry.id }), {
        queue: `registry:${registry.id}`,
      });
    });
  }

  /** Events that wait to be applied, oldest first, after the one with the id `after`. */
  async pending(registryId: string, limit: number, after = '0'): Promise<PendingRegistryEvent[]> {
    return this.database.rows<PendingRegistryEvent>(
      `select id, body, received_at as "receivedAt" from registry_event
        where registry_id = $1 and state = 'pending' and id > $2 order by id limit $3`,
      [registryId, after, limit],
    );
  }

  /**
   * Says what became of events, in the transaction of their effect. Answers those that were still waiting: only they
   * may have an effect, so that each has it once.
   */
  async setState(
    manager: EntityManager,
    ids: readonly string[],
    state: 'applied' | 'parked',
    reason: string | null = null,
  ): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.database.rows<{ id: string }>(
      `update registry_event set state = $2, reason = $3, applied_at = now()
        where id = any($1::bigint[]) and state = 'pending' returning id`,
      [ids, state, reason],
      manager,
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** An event, whatever became of it, and the registry that it came from; undefined when it was forgotten. */
  async find(id: string): Promise<(PendingRegistryEvent & { registryId: string }) | undefined> {
    const [event] = await this.database.rows<PendingRegistryEvent & { registryId: string }>(
      'select id, body, received_at as "receivedAt", registry_id as "registryId" from registry_event where id = $1',
      [id],
    );
    return event;
  }

  /** Id of the event that came last from a registry, whatever became of it; undefined when none ever came. */
  async newest(registryId: string): Promise<string | undefined> {
    const [row] = await this.database.rows<{ id: string }>(
      'select id from registry_event where registry_id = $1 order by id desc limit 1',
      [registryId],
    );
    return row?.id;
  }

  /** What waits and what was parked, by registry id; a registry without either is not in it. */
  async backlogs(): Promise<Map<string, Backlog>> {
    const rows = await this.database.rows<Backlog & { id: string }>(
      `select registry_id as id, count(*) filter (where state = 'pending')::int as pending,
              count(*) filter (where state = 'parked')::int as parked,
              min(received_at) filter (where state = 'pending') as oldest
         from registry_event where state in ('pending', 'parked') group by registry_id`,
    );
    return new Map(rows.map(({ id, ...backlog }) => [id, backlog]));
  }

  /** Deletes events that came so many days ago, unless they wait. Answers how many. */
  async purgeExpired(days: number): Promise<number> {
    for (let forgotten = 0; ;) {
      const rows = await this.database.rows<{ id: string }>(
        `delete from registry_event where id in (
           select id from registry_event
            where state <> 'pending' and received_at < now() - make_interval(days => $1) order by id limit $2
         ) returning id`,
        [days, purgeBatchSize],
      );
      forgotten += rows.length;
      if (rows.length < purgeBatchSize) return forgotten;
    }
  }

  private async secretOf(name: string): Promise<{ registry: Registry; hash: Buffer } | undefined> {
    const known = this.secrets.get(name);
    if (known !== undefined) return known;
    const keep = this.secrets.beginFill();
    // U+0000 would be PostgreSQL's error instead of ours.
    const row = name.includes('\0') ? null : await this.database.manager.findOneBy(RegistryEntity, { name });
    if (row === null) return undefined;
    const found = { registry: toRegistry(row), hash: row.hookSecretHash };
    keep(name, found, [`registry:${row.id}`]);
    return found;
  }

  private async insertEvents(deliveries: readonly Delivery[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      for (const registryId of await this.store(manager, deliveries)) {
        await this.jobs.emit(manager, registryEventsReceived({ registryId }), {
          queue: `registry:${registryId}`,
        });
      }
    });
  }

  // Answers the registries of which something can be applied that is new. An event that came before, even at this
  // moment through another process, is left alone by the unique constraint. Sorted, so that two processes cannot wait
  // for each other.
  private async store(manager: EntityManager, deliveries: readonly Delivery[]): Promise<string[]> {
    const all = deliveries
      .flatMap(({ registry, events }) => events.map((event) => ({ ...event, registryId: registry.id })))
      .sort((a, b) => compare(a.registryId, b.registryId) || compare(a.eventId, b.eventId));
    const rows = await this.database.rows<{ registryId: string; state: string }>(
      `insert into registry_event (registry_id, event_id, body, state, reason)
       select registry_id, event_id, body, case when reason is null then 'pending' else 'parked' end, reason
         from unnest($1::bigint[], $2::text[], $3::bytea[], $4::text[]) as reported(registry_id, event_id, body, reason)
       on conflict (registry_id, event_id) do nothing returning registry_id as "registryId", state`,
      [
        all.map(({ registryId }) => registryId),
        all.map(({ eventId }) => eventId),
        all.map(({ body }) => body),
        all.map(({ parked }) => parked ?? null),
      ],
      manager,
    );
    const fresh = rows.filter(({ state }) => state === 'pending').map(({ registryId }) => registryId);
    return [...new Set(fresh)].sort(compare);
  }
}

const purgeBatchSize = 10_000;

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function readSecret(authorization: string | undefined, kind: Registry['kind'] | undefined): string {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (bearer !== undefined || kind !== 'zot') return bearer ?? '';
  const basic = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : '';
}
