import type { SearchHit, SearchPage } from '@central-index/search';

/** The answer of `/v1/search`, as every docker and podman decodes it: whole numbers and booleans, never strings. */
export interface V1SearchAnswer {
  readonly query: string;
  readonly num_results: number;
  readonly num_pages: number;
  readonly page: number;
  readonly page_size: number;
  readonly results: readonly V1SearchRow[];
}

interface V1SearchRow {
  /** Never with a host (podman adds its own), and without `library/`. */
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
  /** Read by Docker 0.6.6 to 1.6, which know no `is_automated`. */
  readonly is_trusted: boolean;
  readonly is_automated: boolean;
}

/** Writes a page of hits as the v1 protocol does. */
export function toV1Answer(query: string, found: SearchPage): V1SearchAnswer {
  return {
    query,
    num_results: found.total,
    num_pages: Math.ceil(found.total / found.perPage),
    page: found.page,
    page_size: found.perPage,
    results: found.items.map(toRow),
  };
}

function toRow(hit: SearchHit): V1SearchRow {
  return {
    name: hit.official ? hit.name : `${hit.namespace}/${hit.name}`,
    description: hit.description,
    star_count: hit.stars,
    is_official: hit.official,
    is_trusted: hit.automated,
    is_automated: hit.automated,
  };
}
