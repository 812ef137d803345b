import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** When an account was last granted a push to a repository. */
@Entity({
  name: 'push_grant',
  comment:
    'When each account was last granted a push: the actor of an event is trusted only if that account held a grant within the last day',
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
}
