import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The latest reconcile result of a registry; private to this library. */
@Entity({ name: 'registry_reconcile', comment: 'Latest reconcile of each registry' })
export class RegistryReconcileEntity {
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
      'Start of the latest reconcile that read the whole registry: only pushes granted since then may have moved a tag',
  })
  completeAt: Date | null;

  @Column('integer')
  repositories: number;

  @Column('integer')
  added: number;

  @Column('integer')
  deleted: number;

  @Column('integer')
  missing: number;

  @Column('integer')
  unclaimed: number;

  @Column('text', { nullable: true })
  error: string | null;

  @Column('text', {
    nullable: true,
    comment: 'Why the reconcile deleted nothing although tags are missing',
  })
  alarm: string | null;
}
