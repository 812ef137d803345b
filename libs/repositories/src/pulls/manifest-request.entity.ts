import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A request for a manifest, stored while a later one may belong to the same pull. */
@Entity({
  name: 'manifest_request',
  comment: 'Manifest requests of the last minutes: several of them can be one pull',
})
@Index(['repositoryId', 'address', 'at'])
export class ManifestRequestEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @Column('text')
  address: string;

  @Column('timestamptz')
  at: Date;

  @Column('boolean')
  head: boolean;

  @Column('text', { nullable: true })
  tag: string | null;

  @Column('text')
  digest: string;

  @Column('text', {
    nullable: true,
    comment:
      'Tag or digest that the request is counted as a pull of; null for a HEAD request or a part of another pull',
  })
  countedAs: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  recordedAt: Date;
}
