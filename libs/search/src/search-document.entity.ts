import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A search document as the PostgreSQL engine stores it, with the words it is found by. */
@Entity({
  name: 'search_document',
  comment: 'Derived from repository by a job, and rebuilt from it at any time',
})
@Index('search_document_name_idx', { synchronize: false })
@Index('search_document_namespace_idx', { synchronize: false })
@Index('search_document_words_idx', { synchronize: false })
export class SearchDocumentEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @Column('text')
  namespace: string;

  @Column('text')
  name: string;

  @Column('boolean')
  official: boolean;

  @Column('boolean')
  automated: boolean;

  @Column('boolean')
  private: boolean;

  @Column('text')
  description: string;

  @Column('integer')
  stars: number;

  @Column('bigint')
  pulls: string;

  @Column('double precision', { comment: 'The part of the score that does not depend on the query' })
  popularity: number;

  @Column('text', { array: true, comment: 'Words of name and namespace, lower case, without repeats' })
  nameWords: string[];

  @Column('text', { array: true, comment: 'The same and those of the description' })
  words: string[];

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt: Date;

  @Column('bigint', { comment: 'Version of the repository row that it was made from' })
  version: string;
}
