import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { RegistryEntity } from './registry.entity';

/** A replaced secret of a registry, which is accepted until a newer one is used or it expires; private to this library. */
@Entity({
  name: 'former_hook_secret',
  comment:
    'Replaced secrets of registries, which are accepted until a newer one is used or they expire; the last one that was replaced expires last',
})
export class FormerHookSecretEntity {
  @PrimaryColumn('bigint')
  @ForeignKey(() => RegistryEntity, { onDelete: 'CASCADE' })
  registryId: string;

  @PrimaryColumn('bytea')
  secretHash: Buffer;

  @Column('timestamptz')
  expiresAt: Date;
}
