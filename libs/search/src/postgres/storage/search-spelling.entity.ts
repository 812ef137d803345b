import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One deletion key of one popular name. */
@Entity({
  name: 'search_spelling',
  comment: 'Names of popular repositories by deletion key, as in SymSpell',
})
export class SearchSpellingEntity {
  @PrimaryColumn('bigint', {
    comment:
      'Hash of the prefix of the name with up to two letters deleted; its lowest six bits are the length of the whole name',
  })
  deletionKey: string;

  @PrimaryColumn({ type: 'text', collation: 'C' })
  name: string;

  @Column('smallint', {
    comment: 'Popularity of the most popular repository with that name, in whole steps',
  })
  weight: number;
}
