import type { SearchHit, SearchPage } from '@central-index/search';

/** The response of `/v1/search`, as Docker and podman decode it: integers and booleans, never as strings. */
export interface V1SearchResponse {
  readonly query: string;
  readonly num_results: number;
  readonly num_pages: number;
  readonly page: number;
  readonly page_size: number;
  readonly results: readonly V1SearchRow[];
}

interface V1SearchRow {
  /** Without a host, which podman adds, and without `library/`. */
  readonly name: string;
  readonly description: string;
  readonly star_count: number;
  readonly is_official: boolean;
  /** The same as `is_automated`, for Docker 0.6.6 to 1.6. */
  readonly is_trusted: boolean;
  readonly is_automated: boolean;
}

/** Converts a page of hits to the v1 format. */
export function toV1Response(query: string, page: SearchPage): V1SearchResponse {
  return {
    query,
    num_results: page.total,
    num_pages: Math.ceil(page.total / page.perPage),
    page: page.page,
    page_size: page.perPage,
    results: page.items.map(toRow),
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
