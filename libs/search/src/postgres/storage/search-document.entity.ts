import type { ImageKind } from '@central-index/repositories';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A search document as the PostgreSQL engine stores it, with its terms. */
@Entity({
  name: 'search_document',
  comment: 'Derived from repository by a job; can be rebuilt from it at any time',
})
@Index('search_document_name_idx', { synchronize: false })
@Index('search_document_path_idx', { synchronize: false })
@Index('search_document_private_idx', { synchronize: false })
@Index('search_document_pushed_at_idx', { synchronize: false })
@Index('search_document_stars_idx', { synchronize: false })
@Index('search_document_pulls_idx', { synchronize: false })
@Index('search_document_updated_at_idx', { synchronize: false })
export class SearchDocumentEntity {
  @PrimaryColumn('bigint')
  @ForeignKey('RepositoryEntity', { onDelete: 'CASCADE' })
  repositoryId: string;

  @Column('bigint', {
    comment: 'Sort key of every result list: popularity in descending order, then repository_id',
  })
  rankKey: string;

  @Column('bigint', { comment: 'Version of the repository row that the document was built from' })
  version: string;

  @Column('bigint')
  pulls: string;

  @Column({ type: 'timestamptz', precision: 3 })
  updatedAt: Date;

  @Column('integer')
  stars: number;

  @Column('boolean')
  official: boolean;

  @Column('boolean')
  automated: boolean;

  @Column('boolean')
  private: boolean;

  @Column({ type: 'text', collation: 'C' })
  namespace: string;

  @Column({ type: 'text', collation: 'C' })
  name: string;

  @Column('text')
  description: string;

  @Column('bigint', { array: true, comment: 'Index terms: hashes of a field and a word' })
  terms: string[];

  @Column('text', { array: true, default: () => `'{}'` })
  kinds: ImageKind[];

  @Column('text', { array: true, default: () => `'{}'`, comment: 'What its versions run on, as linux/arm64' })
  platforms: string[];

  @Column('text', {
    default: '',
    comment: 'Words of what the newest image says of itself',
  })
  imageText: string;

  @Column({ type: 'timestamptz', precision: 3, nullable: true, comment: 'Last reported push' })
  pushedAt: Date | null;
}
