import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One way in which a name may be misspelt. */
@Entity({
  name: 'search_spelling',
  comment: 'Names of popular repositories by what is left of them when letters are taken out',
})
export class SearchSpellingEntity {
  @PrimaryColumn('bigint', {
    comment:
      'Hash of the beginning of the name without up to two of its letters; its lowest six bits are how many the whole has',
  })
  rest: string;

  @PrimaryColumn({ type: 'text', collation: 'C' })
  name: string;

  @Column('smallint', {
    comment: 'Popularity of the most popular repository of that name, in whole steps',
  })
  weight: number;
}
