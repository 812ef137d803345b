import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** When an account was last granted a push to a repository. */
@Entity({
  name: 'push_grant',
  comment:
    'When each account was granted a push, written again after 12 hours: the actor of an event is trusted only if that account held a grant within the last day',
})
export class PushGrantEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('bigint')
  @ForeignKey('AccountEntity', { onDelete: 'CASCADE' })
  accountId: string;

  @Column('timestamptz', { default: () => 'now()' })
  grantedAt: Date;

  @Column('timestamptz', {
    nullable: true,
    comment:
      'When the tokens given by it end, kept exactly only while the repository has no image; null in rows of older versions',
  })
  expiresAt: Date | null;
}
