import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { SearchDocumentEntity } from './search-document.entity';

/** Where a document bears a word. `description` and `official` (that of an official one) leave out name words. */
export type PostingField = 'name' | 'description' | 'official' | 'beginning';

/** One word under which one document is found, kept so that the most popular documents of a word come first. */
@Entity({
  name: 'search_posting',
  comment:
    'Words of search documents, read in the order of weight; derived from search_document whenever that is written',
})
@Index('search_posting_word_idx', { synchronize: false })
export class SearchPostingEntity {
  @PrimaryColumn('bigint')
  @ForeignKey(() => SearchDocumentEntity, { onDelete: 'CASCADE' })
  repositoryId: string;

  @PrimaryColumn('text', {
    comment: 'name, description, official (description of an official one), beginning of the name',
  })
  field: PostingField;

  @PrimaryColumn('text')
  word: string;

  @Column('double precision', { comment: 'Popularity of the document' })
  weight: number;
}
