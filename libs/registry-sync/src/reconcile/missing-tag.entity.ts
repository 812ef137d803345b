import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A tag that a reconcile did not find at its registry; private to this library. */
@Entity({
  name: 'missing_tag',
  comment:
    'Tags that a reconcile did not find; a later reconcile that does not find them either deletes them',
})
export class MissingTagEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('text')
  tag: string;

  @Column('timestamptz')
  missingSince: Date;
}
