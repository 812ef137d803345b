import { storableJson } from '@central-index/platform/database';
import type { ImageKind } from '../kinds/image-kind';
import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A named set of images. A trigger raises `version` at every change. */
@Entity({ name: 'repository', comment: 'Named sets of images' })
@Unique(['path'])
@Check('repository_state_check', `state in ('pending', 'active', 'hidden', 'deleted')`)
@Check('repository_visibility_check', `visibility in ('public', 'private')`)
@Check('repository_stars_check', 'stars >= 0 and imported_stars >= 0')
@Check('repository_pulls_check', 'pulls >= 0 and imported_pulls >= 0')
@Index(['namespaceId', 'name'])
@Index(['registryId'])
@Index('repository_pending_idx', { synchronize: false })
export class RepositoryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('bigint')
  @ForeignKey('NamespaceEntity', { onDelete: 'RESTRICT' })
  namespaceId: string;

  @Column('text', { comment: 'Canonical name; official repositories are library/x' })
  path: string;

  @Column('text')
  name: string;

  @Column('text', {
    comment:
      'pending until the first manifest is seen at its registry; hidden when its registry was deleted; deleted is a tombstone that keeps name and visibility',
  })
  state: 'pending' | 'active' | 'hidden' | 'deleted';

  @Column('text', { default: 'public' })
  visibility: 'public' | 'private';

  @Column('text', { default: '' })
  description: string;

  @Column('text', { default: '' })
  readme: string;

  @Column('boolean', { default: false })
  official: boolean;

  @Column('boolean', { default: false })
  automated: boolean;

  @Column('boolean', { default: false })
  imported: boolean;

  @Column('bigint', { nullable: true })
  @ForeignKey('RegistryEntity', { onDelete: 'RESTRICT' })
  registryId: string | null;

  @Column('text', {
    nullable: true,
    comment: 'Path of the repository at its registry; for official repositories that of the first push',
  })
  registryPath: string | null;

  @Column('integer', { default: 0 })
  stars: number;

  @Column('bigint', { default: 0 })
  pulls: string;

  @Column('double precision', {
    default: 0,
    comment:
      'Pulls counted once per IP prefix and hour, each weighted by 2^(d/90), where d is days since 2026-01-01',
  })
  uniquePulls: number;

  @Column('integer', { default: 0 })
  importedStars: number;

  @Column('bigint', { default: 0 })
  importedPulls: string;

  @Column('bigint', {
    default: 1,
    comment: 'Incremented on every update; search documents store the version that they were built from',
  })
  version: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt: Date;

  @Column('timestamptz', { nullable: true })
  pushedAt: Date | null;

  @Column('timestamptz', {
    nullable: true,
    comment:
      'Time of the latest deletion: a push that revives the repository but never arrives restores the tombstone; null in the row of a deleted name that never had an image, which a job deletes',
  })
  deletedAt: Date | null;

  @Column('text', {
    array: true,
    nullable: true,
    comment: 'Kinds of what can be pulled, without statements about other manifests; null when not known yet',
  })
  kinds: ImageKind[] | null;

  @Column('text', { array: true, default: () => `'{}'`, comment: 'What its versions run on, as linux/arm64' })
  platforms: string[];

  @Column('jsonb', {
    transformer: storableJson,
    nullable: true,
    comment:
      'org.opencontainers.image.* labels of the newest version, keyed by the last component of their names',
  })
  imageLabels: Record<string, string> | null;
}
