import { Entity, PrimaryColumn } from 'typeorm';

/** One term under which one public document is found, in the order in which documents are wanted. */
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
