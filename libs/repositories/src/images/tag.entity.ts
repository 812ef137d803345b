import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ManifestEntity } from './manifest.entity';

/** A name for one of a repository's manifests. */
@Entity('tag')
@Index(['repositoryId', 'digest'])
@ForeignKey(() => ManifestEntity, ['repositoryId', 'digest'], ['repositoryId', 'digest'], {
  onDelete: 'CASCADE',
})
export class TagEntity {
  @PrimaryColumn('bigint')
  repositoryId: string;

  @PrimaryColumn('text')
  name: string;

  @Column('text')
  digest: string;

  @Column('timestamptz')
  pushedAt: Date;

  @Column('bigint', { nullable: true })
  @ForeignKey('AccountEntity', { onDelete: 'SET NULL' })
  pushedById: string | null;

  @Column('text', {
    nullable: true,
    comment:
      'Digest of the manifest that the tag is a statement about, such as a signature; null for a version',
  })
  refersTo: string | null;

  @Column('boolean', {
    default: true,
    comment: 'False while no push event has arrived: pushed_at is then the time of observation',
  })
  reported: boolean;
}
