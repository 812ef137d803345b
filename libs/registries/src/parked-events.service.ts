import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { registryEventsReceived } from './registries.facts';
import type { Registry } from './registry';

/** A report that could not be read or believed. */
export interface ParkedEvent {
  readonly id: string;
  readonly eventId: string;
  readonly reason: string;
  readonly receivedAt: Date;
  /** The beginning of what came, as text. */
  readonly body: string;
}

const shownBytes = 4_096;

/** Reports that were set aside, for those who look after registries. */
@Injectable()
export class ParkedEventsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditService,
  ) {}

  /** Parked events of a registry, oldest first, after the one with the id `after`. */
  async list(
    registry: Registry,
    page: { after?: string; limit: number },
  ): Promise<{ items: ParkedEvent[]; next?: string }> {
    const rows = await this.database.rows<Omit<ParkedEvent, 'body'> & { body: Buffer }>(
      `select id, event_id as "eventId", coalesce(reason, '') as reason, received_at as "receivedAt",
              substring(body from 1 for $4) as body
         from registry_event where registry_id = $1 and state = 'parked' and id > $2 order by id limit $3`,
      [registry.id, page.after ?? '0', page.limit + 1, shownBytes],
    );
    const items = rows
      .slice(0, page.limit)
      .map((row) => ({ ...row, body: row.body.toString('utf8').replaceAll('\0', '\ufffd') }));
    return rows.length > page.limit ? { items, next: items.at(-1)!.id } : { items };
  }

  /**
   * Has parked events of a registry applied again, after what stood against them was mended. What could not be read
   * when it came stays parked, because it would not be read now either. Answers how many wait again.
   */
  async retry(registry: Registry, actor: Actor): Promise<number> {
    return this.database.transaction(async (manager) => {
      const rows = await this.database.rows(
        `update registry_event set state = 'pending', reason = null, applied_at = null
          where registry_id = $1 and state = 'parked' and event_id not like 'sha256:%' returning id`,
        [registry.id],
        manager,
      );
      if (rows.length === 0) return 0;
      await this.audit.record(manager, {
        action: 'registry.events-retried',
        actor,
        subjectType: 'registry',
        subject: registry.name,
        detail: { events: rows.length },
      });
      await this.jobs.emit(manager, registryEventsReceived({ registryId: registry.id }), {
        queue: `registry:${registry.id}`,
      });
      return rows.length;
    });
  }
}
