import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A digest that a tag pointed to. */
@Entity({
  name: 'tag_history',
  comment: 'Digests that tags pointed to, and since when; kept after the tag and the manifest are deleted',
})
@Unique(['repositoryId', 'tag', 'pushedAt', 'digest'])
@Index(['repositoryId', 'pushedAt', 'id'])
export class TagHistoryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @Column('text')
  tag: string;

  @Column('text')
  digest: string;

  @Column('timestamptz')
  pushedAt: Date;

  @Column('bigint', { nullable: true })
  @ForeignKey('AccountEntity', { onDelete: 'SET NULL' })
  pushedById: string | null;

  @Column('boolean', {
    comment:
      'False when the tag was seen at the registry and no push event has arrived (yet): pushed_at is then the time of observation',
  })
  reported: boolean;
}
