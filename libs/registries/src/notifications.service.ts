import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import type { EntityManager, Repository } from 'typeorm';
import { BatchQueue } from './batch-queue';
import type { HookHeaders } from './cloud-event';
import { parked, readEnvelope, type ReceivedEvent } from './envelope';
import {
  deleteExpiredEvents,
  insertEvents,
  selectBacklogs,
  selectLatestReceptions,
  selectLatestBodies,
  selectNewestEventId,
  selectPendingEvents,
  settlePendingEvents,
  type Backlog,
  type PendingRegistryEvent,
} from './notifications.queries';
import { registryEventOversized, registryEventsReceived } from './registries.facts';
import type { Registry } from './registry';
import { RegistryEventEntity } from './registry-event.entity';

/** The events of one notification. */
interface Notification {
  readonly registry: Registry;
  readonly events: readonly ReceivedEvent[];
}

const notificationBatchSize = 200;
const purgeBatchSize = 10_000;

/**
 * The inbox of notifications. It only stores events: applying them is left to a job, so that a registry never waits
 * for that.
 */
@Injectable()
export class NotificationsService {
  // One transaction for all notifications that arrive while the previous one runs: many registries send at the same time.
  private readonly inbox = new BatchQueue<Notification>(
    (notifications) => this.storeBatch(notifications),
    notificationBatchSize,
  );

  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    @InjectRepository(RegistryEventEntity) private readonly events: Repository<RegistryEventEntity>,
  ) {}

  /**
   * Stores each event of a body once, whatever its content, and emits `registry.events-received` in the same
   * transaction if any event is new. Events that cannot be read are stored as parked.
   */
  async receive(registry: Registry, body: Buffer, headers: HookHeaders): Promise<void> {
    const events = readEnvelope(body, headers);
    if (events.length > 0) await this.inbox.add({ registry, events });
  }

  /** Stores the beginning of a body that is too large to read, and has the whole registry reconciled instead. */
  async receiveOversized(registry: Registry, beginning: Buffer): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.insert(manager, [{ registry, events: [parked(beginning, 'oversized')] }]);
      await this.jobs.emit(manager, registryEventOversized({ registryId: registry.id }), {
        queue: `registry:${registry.id}`,
      });
    });
  }

  /** Pending events, oldest first, after the one with the id `after`. */
  pending(registryId: string, limit: number, after = '0'): Promise<PendingRegistryEvent[]> {
    return this.database.query(selectPendingEvents, [registryId, after, limit]);
  }

  /**
   * Marks pending events as applied or parked, in the transaction of their effect. Returns the ids of those that were
   * pending until now: only they may have an effect, so that each event has it once.
   */
  async setState(
    manager: EntityManager,
    ids: readonly string[],
    state: 'applied' | 'parked',
    reason: string | null = null,
  ): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.database.query(settlePendingEvents, [ids, state, reason], manager);
    return new Set(rows.map(({ id }) => id));
  }

  /** An event in any state, and the registry that sent it; undefined when it was purged. */
  async find(id: string): Promise<(PendingRegistryEvent & { readonly registryId: string }) | undefined> {
    const event = await this.events.findOne({
      select: { id: true, body: true, receivedAt: true, registryId: true },
      where: { id },
    });
    return event ?? undefined;
  }

  /** Id of the event that a registry sent last, in any state; undefined when there is none. */
  async newest(registryId: string): Promise<string | undefined> {
    return (await this.database.queryOne(selectNewestEventId, [registryId]))?.id;
  }

  /** The events that a registry sent last, in any state, newest first. */
  async latest(registryId: string, limit: number): Promise<Buffer[]> {
    const rows = await this.database.query(selectLatestBodies, [registryId, limit]);
    return rows.map(({ body }) => body);
  }

  /** When each registry sent its latest event, by registry id; one that never sent any is not in the map. */
  async latestReceptions(): Promise<Map<string, Date>> {
    const rows = await this.database.query(selectLatestReceptions);
    return new Map(rows.map(({ id, receivedAt }) => [id, receivedAt]));
  }

  /** Pending and parked events by registry id; a registry without either is not in the map. */
  async backlogs(): Promise<Map<string, Backlog>> {
    const rows = await this.database.query(selectBacklogs);
    return new Map(rows.map(({ id, ...backlog }) => [id, backlog]));
  }

  /** Deletes events that were received more than `days` days ago and are not pending. Returns how many. */
  async purgeExpired(days: number): Promise<number> {
    for (let total = 0; ;) {
      const deleted = await this.database.execute(deleteExpiredEvents, [days, purgeBatchSize]);
      total += deleted;
      if (deleted < purgeBatchSize) return total;
    }
  }

  private async storeBatch(notifications: readonly Notification[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      for (const registryId of await this.insert(manager, notifications)) {
        await this.jobs.emit(manager, registryEventsReceived({ registryId }), {
          queue: `registry:${registryId}`,
        });
      }
    });
  }

  // Returns the registries that sent a new event that can be applied.
  private async insert(manager: EntityManager, notifications: readonly Notification[]): Promise<string[]> {
    const all = notifications
      .flatMap(({ registry, events }) => events.map((event) => ({ ...event, registryId: registry.id })))
      .sort((a, b) => compare(a.registryId, b.registryId) || compare(a.eventId, b.eventId));
    const values = [
      all.map(({ registryId }) => registryId),
      all.map(({ eventId }) => eventId),
      all.map(({ body }) => body),
      all.map(({ parked }) => parked ?? null),
    ];
    const rows = await this.database.query(insertEvents, values, manager);
    const fresh = rows.filter(({ state }) => state === 'pending').map(({ registryId }) => registryId);
    return [...new Set(fresh)].sort(compare);
  }
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
