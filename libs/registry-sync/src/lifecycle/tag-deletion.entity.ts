import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A tag that is being deleted. */
@Entity({
  name: 'tag_removal',
  comment: 'Tags that are being deleted at their registry: a job ends what a crash interrupted',
})
export class TagRemovalEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('text')
  tag: string;

  @Column('text', {
    comment: 'What the tag pointed to: another image that was pushed since is left alone',
  })
  digest: string;

  @Column('text')
  actor: string;

  @Column('timestamptz', { default: () => 'now()' })
  askedAt: Date;
}
