import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An image that a client pushed, or said to push, to a repository on a v1 registry. */
@Entity({
  name: 'v1_image',
  comment: 'Images of repositories on v1 registries, which have ids instead of digests',
})
@Check('v1_image_image_id_check', `image_id ~ '^[0-9a-f]{64}$'`)
@Index(['imageId'])
export class V1ImageEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('text')
  imageId: string;

  @Column('text', { nullable: true, comment: 'As the client computed it; null while none was sent' })
  checksum: string | null;
}
