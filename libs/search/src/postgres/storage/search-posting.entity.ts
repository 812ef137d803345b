import { Entity, PrimaryColumn } from 'typeorm';

/** One term under which one public document is found, in the order in which documents are wanted. */
@Entity({
  name: 'search_posting',
  comment: 'Public search documents by term, the most popular first; kept by triggers of search_document',
})
export class SearchPostingEntity {
  @PrimaryColumn('bigint')
  term: string;

  @PrimaryColumn('bigint')
  place: string;
}
