import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type EntityManager, type QueryDeepPartialEntity, type Repository } from 'typeorm';
import { AuditEventEntity } from './audit-event.entity';

// TypeORM's type does not accept values of type `unknown`, such as those of `detail`.
type AuditEventRow = QueryDeepPartialEntity<AuditEventEntity>;

/** Who acted: an account's name, or `:cli`, `:index`; and the IP address, if the action came over the network. */
export interface Actor {
  readonly name: string | null;
  readonly address?: string;
}

/** An event to be recorded. `detail` must not contain secrets: it is shown to administrators. */
export interface AuditEntry {
  /** Subject and verb in the past tense, such as `account.signed-up`. */
  readonly action: string;
  readonly actor: Actor;
  readonly subjectType: string;
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** An event as it was recorded. */
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

  /** Records an event, in the transaction that it describes. */
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

  /** Lists events, newest first, older than the one with the id `before`; at most `limit`. */
  async list(options: {
    before?: string;
    action?: string;
    actor?: string;
    subject?: string;
    limit: number;
  }): Promise<AuditRecord[]> {
    const { before, action, actor, subject, limit } = options;
    return this.events.find({
      where: {
        ...(before !== undefined && { id: LessThan(before) }),
        ...(action !== undefined && { action }),
        ...(actor !== undefined && { actor }),
        ...(subject !== undefined && { subject }),
      },
      order: { id: 'DESC' },
      take: limit,
    });
  }
}
