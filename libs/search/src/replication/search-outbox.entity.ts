import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A search document whose latest change the replica has not confirmed. Triggers on search_document write the rows. */
@Entity({
  name: 'search_outbox',
  comment:
    'Search documents whose latest change the replica has not confirmed; a row is deleted when its task succeeds',
})
export class SearchOutboxEntity {
  @PrimaryColumn('bigint')
  repositoryId: string;

  @Column('bigint', {
    comment: 'Number of the latest change: a confirmation counts only if sent_change equals it',
  })
  change: string;

  @Column({
    type: 'timestamptz',
    precision: 3,
    default: () => 'clock_timestamp()',
    comment: 'Since when the replica is behind',
  })
  pendingSince: Date;

  @Column('bigint', { nullable: true })
  sentChange: string | null;

  @Index()
  @Column('bigint', { nullable: true })
  task: string | null;

  @Column('integer', {
    default: 0,
    comment: 'Failed tasks that contained this document; each failure makes the next task smaller',
  })
  attempts: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  retryAt: Date | null;

  @Column('text', { nullable: true })
  error: string | null;
}
