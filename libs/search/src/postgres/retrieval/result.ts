import type { SpeltName } from '../storage/spelling-dictionary';
import type { SearchDocument } from '../../engine/search-document';

/**
 * Documents as one value, because reading a value of each column and row costs a server a third of what it spends on a
 * search.
 */
export const documentsSql = `coalesce(json_agg(json_build_array(repository_id, namespace, name, official, automated, private,
  description, stars, pulls, popularity, (extract(epoch from updated_at) * 1000)::bigint, version)), '[]')`;

/** The one row that the statement of a search gives. */
export interface FoundRow {
  readonly documents: readonly DocumentValues[];
  /** Null where the documents need no counting. */
  readonly total: number | null;
  /** Null where they were not wanted or are not needed. */
  readonly near: readonly SpeltName[] | null;
}

type DocumentValues = readonly [
  id: number,
  namespace: string,
  name: string,
  official: boolean,
  automated: boolean,
  isPrivate: boolean,
  description: string,
  stars: number,
  pulls: number,
  popularity: number,
  updatedAt: number,
  version: number,
];

/** The documents that a search found. */
export function foundDocuments({ documents }: FoundRow): SearchDocument[] {
  return documents.map(
    ([
      id,
      namespace,
      name,
      official,
      automated,
      isPrivate,
      description,
      stars,
      pulls,
      popularity,
      updatedAt,
      version,
    ]) => ({
      id: String(id),
      namespace,
      name,
      official,
      automated,
      private: isPrivate,
      description,
      stars,
      pulls,
      popularity,
      updatedAt: new Date(updatedAt),
      version,
    }),
  );
}
