import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** The first component of repository names. Triggers on the table refuse look-alikes and reserved names. */
@Entity({
  name: 'namespace',
  comment:
    'First components of repository names; imported ones have no owner until an administrator assigns one',
})
@Unique(['name'])
@Check('namespace_origin_check', `origin in ('sign-up', 'administrator', 'import', 'system')`)
@Check('namespace_default_visibility_check', `default_visibility in ('public', 'private')`)
@Check(
  'namespace_name_check',
  `length(name) between 2 and 255 and name ~ '^[a-z0-9]+(([.]|_{1,2}|-+)[a-z0-9]+)*$'`,
)
@Index(['ownerId'])
@Index(['skeleton'])
@Index('namespace_lookalike_key', { synchronize: false })
export class NamespaceEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  name: string;

  /** Computed by a trigger. */
  @Column('text', { default: '' })
  skeleton: string;

  @Column('bigint', { nullable: true })
  @ForeignKey('AccountEntity', { onDelete: 'RESTRICT' })
  ownerId: string | null;

  @Column('text')
  origin: 'sign-up' | 'administrator' | 'import' | 'system';

  @Column('text', { default: 'public' })
  defaultVisibility: 'public' | 'private';

  @Column('boolean', { default: false })
  reservedNameAllowed: boolean;

  @Column('boolean', {
    default: false,
    comment: 'Name that looks like an older one since more look-alikes are folded: both stay',
  })
  lookalikeAllowed: boolean;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;
}
