import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import type { EntityManager } from 'typeorm';
import { parked, readEnvelope, type ReportedEvent } from './envelope';
import { hookUnauthorized } from './registries.errors';
import { registryOverflowed, registryReported } from './registries.facts';
import { secretHash, toRegistry } from './registries.service';
import type { Registry } from './registry';
import { RegistryEntity } from './registry.entity';

/** An event that waits to be applied. */
export interface WaitingEvent {
  readonly id: string;
  readonly body: Buffer;
  readonly receivedAt: Date;
}

/** How many events of a registry wait, and how many were parked. */
export interface Backlog {
  readonly waiting: number;
  readonly parked: number;
}

/** The inbox of what registries report. Storing and applying are apart, so that a registry never waits for the latter. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /** The registry of that name, if the header bears its secret; else UNAUTHORIZED_REPORT, whether it exists or not. */
  async authenticate(name: string, authorization: string | undefined): Promise<Registry> {
    // U+0000 would be PostgreSQL's error instead of ours.
    const row = name.includes('\0') ? null : await this.database.manager.findOneBy(RegistryEntity, { name });
    const secret = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const expected = row?.hookSecretHash ?? secretHash('no registry has this secret');
    const right = timingSafeEqual(secretHash(secret), expected);
    if (row === null || !right) throw hookUnauthorized();
    return toRegistry(row);
  }

  /**
   * Stores each event of an envelope once, whatever it holds, and states `registry.reported` in the same transaction
   * if any is new. What cannot be read is stored too, parked.
   */
  async receive(registry: Registry, body: Buffer, contentType: string | undefined): Promise<void> {
    const events = readEnvelope(body, contentType);
    if (events.length === 0) return;
    await this.database.transaction(async (manager) => {
      if (await this.store(manager, registry, events)) {
        await this.jobs.state(manager, registryReported(registry.id), { queue: `registry:${registry.id}` });
      }
    });
  }

  /** Keeps the beginning of a body that is too large to be read, and has the registry read again instead. */
  async receiveOversized(registry: Registry, beginning: Buffer): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.store(manager, registry, [parked(beginning, 'oversized')]);
      await this.jobs.state(manager, registryOverflowed(registry.id), { queue: `registry:${registry.id}` });
    });
  }

  /** Events that wait to be applied, oldest first, after the one with the id `after`. */
  async waiting(registryId: string, limit: number, after = '0'): Promise<WaitingEvent[]> {
    return this.database.rows<WaitingEvent>(
      `select id, body, received_at as "receivedAt" from registry_event
        where registry_id = $1 and state = 'stored' and id > $2 order by id limit $3`,
      [registryId, after, limit],
    );
  }

  /**
   * Says what became of events, in the transaction of their effect. Answers those that were still waiting: only they
   * may have an effect, so that each has it once.
   */
  async mark(
    manager: EntityManager,
    ids: readonly string[],
    state: 'applied' | 'parked',
    reason: string | null = null,
  ): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.database.rows<{ id: string }>(
      `update registry_event set state = $2, reason = $3, applied_at = now()
        where id = any($1::bigint[]) and state = 'stored' returning id`,
      [ids, state, reason],
      manager,
    );
    return new Set(rows.map(({ id }) => id));
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
      `select registry_id as id, count(*) filter (where state = 'stored')::int as waiting,
              count(*) filter (where state = 'parked')::int as parked
         from registry_event where state in ('stored', 'parked') group by registry_id`,
    );
    return new Map(rows.map(({ id, waiting, parked }) => [id, { waiting, parked }]));
  }

  /**
   * Deletes events whose time is over: applied ones after 7 days (a registry stops repeating an event once it is
   * answered 2xx), parked ones after 90. Answers how many.
   */
  async forgetOld(): Promise<number> {
    const rows = await this.database.rows<{ id: string }>(
      `delete from registry_event where (state = 'applied' and received_at < now() - interval '7 days')
          or (state = 'parked' and received_at < now() - interval '90 days') returning id`,
    );
    return rows.length;
  }

  // True when one that can be applied is new. An event that came before, even at this moment through another process,
  // is left alone by the unique constraint. Sorted, so that two processes cannot wait for each other.
  private async store(
    manager: EntityManager,
    registry: Registry,
    events: readonly ReportedEvent[],
  ): Promise<boolean> {
    const sorted = [...events].sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
    const rows = await this.database.rows<{ state: string }>(
      `insert into registry_event (registry_id, event_id, body, state, reason)
       select $1, event_id, body, case when reason is null then 'stored' else 'parked' end, reason
         from unnest($2::text[], $3::bytea[], $4::text[]) as reported(event_id, body, reason)
       on conflict (registry_id, event_id) do nothing returning state`,
      [
        registry.id,
        sorted.map(({ eventId }) => eventId),
        sorted.map(({ body }) => body),
        sorted.map(({ parked }) => parked ?? null),
      ],
      manager,
    );
    return rows.some(({ state }) => state === 'stored');
  }
}
