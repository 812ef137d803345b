import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A rule that places new repositories whose names match a pattern on one registry. */
@Entity({
  name: 'placement_rule',
  comment:
    'Patterns of namespace/name that are pushed to one registry only; * matches within one component; the longest pattern wins',
})
export class PlacementRuleEntity {
  @PrimaryColumn('text')
  pattern: string;

  @Index()
  @Column('bigint')
  @ForeignKey('RegistryEntity', { onDelete: 'CASCADE' })
  registryId: string;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;
}
