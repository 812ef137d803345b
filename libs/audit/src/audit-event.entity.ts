import { storableJson } from '@central-index/platform/database';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/** One row of the audit log. A trigger of the database prevents updates and deletions. */
@Entity({ name: 'audit_event', comment: 'Security events, append-only' })
@Index(['at', 'id'])
@Index(['subjectType', 'subject'])
export class AuditEventEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('timestamptz', { default: () => 'now()' })
  at: Date;

  @Column('text')
  action: string;

  @Column('text', { nullable: true })
  actor: string | null;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('text')
  subjectType: string;

  @Column('text')
  subject: string;

  @Column('jsonb', { default: () => `'{}'`, transformer: storableJson })
  detail: Record<string, unknown>;
}
