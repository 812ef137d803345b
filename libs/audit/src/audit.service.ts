import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity';

/** Who acted: an account's name, or `:cli`, `:index`; and from which address, if by network. */
export interface Actor {
  readonly name: string | null;
  readonly address?: string;
}

/** One event to be recorded. `detail` holds no secret: it is shown to administrators. */
export interface AuditEntry {
  /** Subject and verb in the past tense, such as `account.signed-up`. */
  readonly action: string;
  readonly actor: Actor;
  readonly subjectType: string;
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** One event as recorded. */
export interface AuditRecord {
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly actor: string | null;
  readonly address: string | null;
  readonly subjectType: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
}

/** Writes and reads the audit log. */
@Injectable()
export class AuditService {
  constructor(private readonly database: Database) {}

  /** Records an event in the transaction that makes it true. */
  async record(manager: EntityManager, entry: AuditEntry): Promise<void> {
    await manager.query(
      `insert into audit_event (action, actor, address, subject_type, subject, detail) values ($1, $2, $3, $4, $5, $6)`,
      [
        entry.action,
        entry.actor.name,
        entry.actor.address ?? null,
        entry.subjectType,
        entry.subject,
        entry.detail ?? {},
      ],
    );
  }

  /** Events, newest first, older than the row `before`; `limit` rows at most. */
  async list(options: {
    before?: string;
    action?: string;
    actor?: string;
    limit: number;
  }): Promise<AuditRecord[]> {
    const query = this.database.manager
      .createQueryBuilder(AuditEventEntity, 'event')
      .orderBy('event.id', 'DESC')
      .limit(options.limit);
    if (options.before !== undefined) query.andWhere('event.id < :before', { before: options.before });
    if (options.action !== undefined) query.andWhere('event.action = :action', { action: options.action });
    if (options.actor !== undefined) query.andWhere('event.actor = :actor', { actor: options.actor });
    return query.getMany();
  }
}
