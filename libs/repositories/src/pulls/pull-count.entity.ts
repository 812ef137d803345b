import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** Pulls of one day. */
@Entity({ name: 'pull_count', comment: 'Pulls of a day (UTC), kept for ever' })
@Check('pull_count_pulls_check', 'pulls >= 0')
export class PullCountEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('date')
  day: string;

  @PrimaryColumn('text', { comment: 'The tag that was asked for, or the digest when none was' })
  reference: string;

  @Column('bigint')
  pulls: string;
}
