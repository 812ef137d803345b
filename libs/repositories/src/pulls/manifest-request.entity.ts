import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

/** A request for a manifest, kept as long as another may belong to it. */
@Entity({
  name: 'manifest_request',
  comment: 'Requests for manifests of the last minutes: one pull may be several of them',
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
    comment: 'The reference that it is counted for; null when it is part of another or a mere look',
  })
  counted: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  storedAt: Date;
}
