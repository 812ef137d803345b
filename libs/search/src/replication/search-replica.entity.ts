import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** What is known of the copy in the second engine. No row: there is none, and nothing is noted for it. */
@Entity({
  name: 'search_mirror',
  comment: 'The copy of the public search documents in a second engine: one row while there is one',
})
@Check('search_mirror_id_check', 'id = 1')
export class SearchMirrorEntity {
  @PrimaryColumn('smallint')
  id: number;

  @Column('text', {
    nullable: true,
    comment: 'The mark that the engine in use bears: what lacks it is not our index',
  })
  generation: string | null;

  @Column('text', { nullable: true, comment: 'The mark of the index that a rebuild is filling' })
  building: string | null;

  @Column('bigint', { default: 0, comment: 'The last repository that the rebuild has filled in' })
  builtTo: string;

  @Column('bigint', {
    default: 0,
    comment: 'The last repository whose copy was compared in the round under way',
  })
  checkedTo: string;

  @Column({
    type: 'timestamptz',
    precision: 3,
    nullable: true,
    comment: 'When all copies had last been compared',
  })
  checkedWholeAt: Date | null;

  @Column('bigint', { default: 0, comment: 'Copies found to differ without a note of it, ever' })
  drift: string;
}
