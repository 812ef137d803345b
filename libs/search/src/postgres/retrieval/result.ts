import type { ImageKind } from '@central-index/repositories';
import type { SpeltName } from '../storage/spelling-dictionary.queries';
import type { SearchDocument } from '../../engine/search-document';

/**
 * Documents as one JSON value: to parse a value for each row and column costs a server a third of what it spends on a
 * search.
 */
export const documentsSql = `coalesce(json_agg(json_build_array(repository_id, namespace, name, official, automated, private,
  kinds, platforms, description, image_text, stars, pulls, popularity, (extract(epoch from updated_at) * 1000)::bigint,
  (extract(epoch from pushed_at) * 1000)::bigint, version)), '[]')`;

/** The one row of a search. */
export interface CandidatesRow {
  readonly documents: readonly DocumentValues[];
  /** Null if it was not requested, or if it equals the number of documents. */
  readonly total: number | null;
  /** Null if they were not requested or are not needed. */
  readonly similarNames: readonly SpeltName[] | null;
}

/** The values of a document, in the order of `documentsSql`. */
type DocumentValues = readonly [
  id: number,
  namespace: string,
  name: string,
  official: boolean,
  automated: boolean,
  isPrivate: boolean,
  kinds: ImageKind[],
  platforms: string[],
  description: string,
  imageText: string,
  stars: number,
  pulls: number,
  popularity: number,
  updatedAt: number,
  pushedAt: number | null,
  version: number,
];

/** The documents that a search found. */
export function toDocuments({ documents }: CandidatesRow): SearchDocument[] {
  return documents.map(
    ([
      id,
      namespace,
      name,
      official,
      automated,
      isPrivate,
      kinds,
      platforms,
      description,
      imageText,
      stars,
      pulls,
      popularity,
      updatedAt,
      pushedAt,
      version,
    ]) => ({
      id: String(id),
      namespace,
      name,
      official,
      automated,
      private: isPrivate,
      kinds,
      platforms,
      description,
      imageText,
      stars,
      pulls,
      popularity,
      updatedAt: new Date(updatedAt),
      pushedAt: pushedAt === null ? null : new Date(pushedAt),
      version,
    }),
  );
}
