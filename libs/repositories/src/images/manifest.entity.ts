import { storableJson } from '@central-index/platform/database';
import type { ImageKind } from '../kinds/image-kind';
import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** An image manifest or an index of a repository. */
@Entity('manifest')
@Check(
  'manifest_kind_check',
  // Older code writes `schema1`, which is an image.
  `kind in ('image', 'index', 'helm-chart', 'plugin', 'signature', 'sbom', 'attestation', 'artifact', 'schema1')`,
)
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
    comment: 'Bytes of config and layers, over all platforms for an index; null when unknown',
  })
  size: string | null;

  @Column('jsonb', { default: () => `'[]'`, transformer: storableJson })
  platforms: {
    os: string;
    architecture: string;
    variant?: string;
    digest?: string;
    size?: number | null;
  }[];

  @Column('text', { default: 'image' })
  kind: ImageKind;

  @Column('text', { nullable: true })
  artifactType: string | null;

  @Column('text', { nullable: true, comment: 'Digest of the manifest that this one refers to, as in OCI' })
  subject: string | null;

  @Column('timestamptz', { nullable: true, comment: 'Creation time that the image states' })
  builtAt: Date | null;

  @Column('jsonb', {
    default: () => `'{}'`,
    transformer: storableJson,
    comment: 'org.opencontainers.image.* annotations and labels, keyed by the last component of their names',
  })
  labels: Record<string, string>;

  @Column('text', { array: true, default: () => `'{}'`, comment: 'Digests of the entries of an index' })
  children: string[];

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;
}
