import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An account's star for a repository; `repository.stars` counts them. */
@Entity('star')
@Index(['accountId', 'createdAt', 'repositoryId'])
@Index(['repositoryId', 'createdAt', 'accountId'])
export class StarEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('AccountEntity', { onDelete: 'CASCADE' })
  accountId: string;

  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;
}
