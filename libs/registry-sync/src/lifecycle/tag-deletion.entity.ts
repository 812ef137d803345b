import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A tag that is being deleted; private to this library. */
@Entity({
  name: 'tag_deletion',
  comment: 'Tags that are being deleted at their registry: a job finishes deletions that a crash interrupted',
})
export class TagDeletionEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('text')
  tag: string;

  @Column('text', {
    comment: 'Digest of the tag when deletion was requested: an image pushed to the tag since then is kept',
  })
  digest: string;

  @Column('text')
  requestedBy: string;

  @Column('timestamptz', { default: () => 'now()' })
  requestedAt: Date;

  @Column('boolean', { default: false, comment: 'True to delete what refers to the image, too' })
  referrers: boolean;
}
