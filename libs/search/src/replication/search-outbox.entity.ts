import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One search document that the second engine has not confirmed as it is now. Triggers on search_document write it. */
@Entity({
  name: 'search_outbox',
  comment:
    'Search documents that the second engine has not confirmed as they are now; a row leaves when its task succeeded',
})
export class SearchOutboxEntity {
  @PrimaryColumn('bigint')
  repositoryId: string;

  @Column('bigint', {
    comment: 'Number of the latest change: what was sent counts only if it is this one',
  })
  change: string;

  @Column({
    type: 'timestamptz',
    precision: 3,
    default: () => 'clock_timestamp()',
    comment: 'Since when the engine is behind',
  })
  notedAt: Date;

  @Column('bigint', { nullable: true })
  sentChange: string | null;

  @Index()
  @Column('bigint', { nullable: true })
  task: string | null;

  @Column('integer', {
    default: 0,
    comment: 'Tasks that failed with this document among theirs; every failure makes the next task smaller',
  })
  attempts: number;

  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  retryAt: Date | null;

  @Column('text', { nullable: true })
  failure: string | null;
}
