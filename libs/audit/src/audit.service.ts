import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type EntityManager, type QueryDeepPartialEntity, type Repository } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity';

// TypeORM's type refuses values that are `unknown`, as those of a detail are.
type AuditEventRow = QueryDeepPartialEntity<AuditEventEntity>;

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
  constructor(@InjectRepository(AuditEventEntity) private readonly events: Repository<AuditEventEntity>) {}

  /** Records an event in the transaction that makes it true. */
  async record(manager: EntityManager, entry: AuditEntry): Promise<void> {
    await manager.insert(AuditEventEntity, {
      action: entry.action,
      actor: entry.actor.name,
      address: entry.actor.address ?? null,
      subjectType: entry.subjectType,
      subject: entry.subject,
      detail: { ...entry.detail } as AuditEventRow['detail'],
    });
  }

  /** Events, newest first, older than the row `before`; `limit` rows at most. */
  async list(options: {
    before?: string;
    action?: string;
    actor?: string;
    limit: number;
  }): Promise<AuditRecord[]> {
    const { before, action, actor, limit } = options;
    return this.events.find({
      where: {
        ...(before !== undefined && { id: LessThan(before) }),
        ...(action !== undefined && { action }),
        ...(actor !== undefined && { actor }),
      },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}
