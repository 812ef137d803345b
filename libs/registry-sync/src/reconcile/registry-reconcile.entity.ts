import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** What the last sweep of a registry found. */
@Entity({ name: 'registry_sweep', comment: 'The last sweep of each registry' })
export class RegistrySweepEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RegistryEntity', { onDelete: 'CASCADE' })
  registryId: string;

  @Column('timestamptz')
  startedAt: Date;

  @Column('timestamptz')
  finishedAt: Date;

  @Column('timestamptz', {
    nullable: true,
    comment:
      'When the last sweep began that read everything: who was granted a push since may have moved a tag',
  })
  completeAt: Date | null;

  @Column('integer')
  repositories: number;

  @Column('integer')
  added: number;

  @Column('integer')
  removed: number;

  @Column('integer')
  missing: number;

  @Column('integer')
  unclaimed: number;

  @Column('text', { nullable: true })
  failure: string | null;

  @Column('text', {
    nullable: true,
    comment: 'Why the sweep removed nothing though something is missing',
  })
  alarm: string | null;
}
