import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The pulls of a reference on one day. */
@Entity({ name: 'pull_count', comment: 'Pulls per repository, day (UTC) and reference; kept indefinitely' })
@Check('pull_count_pulls_check', 'pulls >= 0')
export class PullCountEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('date')
  day: string;

  @PrimaryColumn('text', { comment: 'Tag that was requested, or the digest when no tag was' })
  reference: string;

  @Column('bigint')
  pulls: string;
}
