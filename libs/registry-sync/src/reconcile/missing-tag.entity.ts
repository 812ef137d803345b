import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A tag that a sweep did not find at its registry. */
@Entity({
  name: 'missing_tag',
  comment: 'Tags that a sweep did not find; a later sweep that does not find them either removes them',
})
export class MissingTagEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('text')
  tag: string;

  @Column('timestamptz')
  since: Date;
}
