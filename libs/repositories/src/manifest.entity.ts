import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What an image manifest or an index says of itself. */
@Entity('manifest')
export class ManifestEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('text')
  digest: string;

  @Column('text')
  mediaType: string;

  @Column('bigint', {
    nullable: true,
    comment: 'Bytes of config and layers, of all platforms for an index; null when unknown',
  })
  size: string | null;

  @Column('jsonb', { default: () => `'[]'` })
  platforms: { os: string; architecture: string; variant?: string }[];

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;
}
