import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import { selectPublicDocuments } from './document-loader.queries';

/** Loads the documents that Meilisearch has selected: it stores no fields that are only shown. */
@Injectable()
export class DocumentLoader {
  constructor(private readonly database: Database) {}

  /** The documents with these ids, and those with these paths (`namespace/name`), that exist and are public. */
  load(ids: readonly string[], paths: readonly string[]): Promise<SearchDocument[]> {
    const parts = paths.map((path) => path.split('/'));
    return this.database.query(selectPublicDocuments, [
      ids,
      parts.map(([namespace]) => namespace),
      parts.map(([, name]) => name),
    ]);
  }
}
