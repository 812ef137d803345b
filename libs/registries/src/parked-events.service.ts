import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import {
  deleteParkedEvents,
  retryParkedEvents,
  selectParkedEvents,
  type ParkedEventRow,
} from './parked-events.queries';
import { registryEventsReceived } from './registries.facts';
import type { Registry } from './registry';

/** An event that could not be read, or that its registry may not send. */
export interface ParkedEvent extends Omit<ParkedEventRow, 'body'> {
  /** The first 4,096 bytes of the event, as text. */
  readonly body: string;
}

const shownBytes = 4_096;

/** Lists, retries and discards parked events, for administrators. */
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
    const values = [registry.id, page.after ?? '0', page.limit + 1, shownBytes];
    const rows = await this.database.query(selectParkedEvents, values);
    const items = rows.slice(0, page.limit).map(toParkedEvent);
    return rows.length > page.limit ? { items, next: items.at(-1)!.id } : { items };
  }

  /**
   * Makes the parked events of a registry pending, to be applied after the cause was fixed. Events that could not be
   * read stay parked, because they cannot be read now either. Returns how many are pending again.
   */
  async retry(registry: Registry, actor: Actor): Promise<number> {
    return this.database.transaction(async (manager) => {
      const events = await this.database.execute(retryParkedEvents, [registry.id], manager);
      if (events === 0) return 0;
      await this.audit.record(manager, {
        action: 'registry.events-retried',
        actor,
        subjectType: 'registry',
        subject: registry.name,
        detail: { events },
      });
      await this.jobs.emit(manager, registryEventsReceived({ registryId: registry.id }), {
        queue: `registry:${registry.id}`,
      });
      return events;
    });
  }

  /** Deletes the parked events of a registry. A reconcile finds what they may have reported. Returns how many. */
  async discard(registry: Registry, actor: Actor): Promise<number> {
    return this.database.transaction(async (manager) => {
      const events = await this.database.execute(deleteParkedEvents, [registry.id], manager);
      if (events === 0) return 0;
      await this.audit.record(manager, {
        action: 'registry.events-discarded',
        actor,
        subjectType: 'registry',
        subject: registry.name,
        detail: { events },
      });
      return events;
    });
  }
}

function toParkedEvent(row: ParkedEventRow): ParkedEvent {
  return { ...row, body: row.body.toString('utf8').replaceAll('\0', '\ufffd') };
}
