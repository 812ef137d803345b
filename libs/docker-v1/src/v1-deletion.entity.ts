import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A deletion that was requested and not confirmed: the repository stays as it is until then. */
@Entity({
  name: 'v1_deletion',
  comment: 'Deletions of repositories on v1 registries between the two steps of the v1 protocol',
})
export class V1DeletionEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @Column('timestamptz', { comment: 'Until when it may be confirmed' })
  expiresAt: Date;
}
