import { Column, Entity, ForeignKey, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** One thing that a tag pointed to. */
@Entity({
  name: 'tag_history',
  comment: 'What tags pointed to since when; kept when tag and manifest are gone',
})
@Unique(['repositoryId', 'tag', 'pushedAt', 'digest'])
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
      'False when the registry showed it and no push was reported (yet): pushed_at is then when it was seen',
  })
  reported: boolean;
}
