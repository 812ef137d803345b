import { Entity, PrimaryColumn } from 'typeorm';

/** A term and the rank key of one public document that has it. The primary key is the order in which lists are read. */
@Entity({
  name: 'search_posting',
  comment:
    'Public search documents per term, the most popular first; maintained by triggers on search_document',
})
export class SearchPostingEntity {
  @PrimaryColumn('bigint')
  term: string;

  @PrimaryColumn('bigint')
  rankKey: string;
}
