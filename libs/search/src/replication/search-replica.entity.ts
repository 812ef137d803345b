import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** State of the replica. Without its row there is no replica, and changes are not recorded in the outbox. */
@Entity({
  name: 'search_replica',
  comment:
    'State of the replica of public search documents in an external engine; one row while a replica exists',
})
@Check('search_replica_id_check', 'id = 1')
export class SearchReplicaEntity {
  @PrimaryColumn('smallint')
  id: number;

  @Column('text', {
    nullable: true,
    comment: 'Generation marker of the index in use: an index without it is not the replica',
  })
  generation: string | null;

  @Column('text', { nullable: true, comment: 'Generation marker of the index that a rebuild is filling' })
  building: string | null;

  @Column('bigint', { default: 0, comment: 'Last repository_id that the rebuild has sent' })
  builtUpTo: string;

  @Column('bigint', {
    default: 0,
    comment: 'Last repository_id compared in the current check',
  })
  checkedUpTo: string;

  @Column({
    type: 'timestamptz',
    precision: 3,
    nullable: true,
    comment: 'When all documents of the replica had last been compared',
  })
  fullCheckAt: Date | null;

  @Column('bigint', {
    default: 0,
    comment: 'Total of replica documents that differed without a row in search_outbox',
  })
  drift: string;
}
