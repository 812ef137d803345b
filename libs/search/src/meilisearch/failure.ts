/** Why a request to Meilisearch failed. */
export type FailureKind =
  | 'unreachable'
  | 'timeout'
  | 'wrongKey'
  | 'indexMissing'
  | 'notOurIndex'
  | 'diskFull'
  | 'overloaded'
  | 'refused'
  | 'failing';

// Texts for operators. A server whose data folder was created by another version, patch releases included, does not
// listen at all, so this is one of the reasons why it cannot be reached.
const descriptions: Readonly<Record<FailureKind, string>> = {
  unreachable:
    'cannot be reached: it is not running, MEILI_URL is wrong, or it refuses to open a data folder that another ' +
    'version created (see its log; delete the folder, and the index is filled again from the database)',
  timeout: 'does not respond in time',
  wrongKey:
    'refuses the key: MEILI_KEY must be its master key, or a key with the rights that docs/search-engines.md lists',
  indexMissing: 'does not have the index that the worker creates',
  notOurIndex: 'has an index that the worker did not fill: it was emptied, or restored from elsewhere',
  diskFull: 'has no space left on its disk',
  overloaded: 'has too many queued searches',
  refused: 'rejects the request as invalid',
  failing: 'responds with an error',
};

/** A failed request or task. The message contains no text from Meilisearch, which may include a path or a key. */
export class MeilisearchFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    /** Meilisearch's error code, if the response has one. */
    readonly code?: string,
  ) {
    super(`Meilisearch ${descriptions[kind]}${code === undefined ? '' : ` (${code})`}`);
    this.name = 'MeilisearchFailure';
  }
}

/** Converts an error response. */
export function failureOf(status: number, code: string | undefined, message: string): MeilisearchFailure {
  return new MeilisearchFailure(kindOf(status, code, message), code);
}

/** Converts the error of a failed task. */
export function failureOfTask(error: { code?: string; message?: string } | null): MeilisearchFailure {
  return failureOf(error?.code === 'internal' ? 500 : 400, error?.code, error?.message ?? '');
}

function kindOf(status: number, code: string | undefined, message: string): FailureKind {
  if (code === 'no_space_left_on_device' || /no space left|os error 28|MDB_MAP_FULL/i.test(message)) {
    return 'diskFull';
  }
  if (status === 401 || status === 403) return 'wrongKey';
  if (code === 'index_not_found') return 'indexMissing';
  if (code === 'too_many_search_requests' || status === 503 || status === 429) return 'overloaded';
  return status < 500 ? 'refused' : 'failing';
}
