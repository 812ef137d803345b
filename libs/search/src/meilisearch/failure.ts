/** Why Meilisearch did not do what it was asked. */
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

// What an operator reads. A server whose data folder is of another version, patch releases included, does not listen
// at all, so that is among the reasons for which it cannot be reached.
const meanings: Readonly<Record<FailureKind, string>> = {
  unreachable:
    'cannot be reached: it is not running, MEILI_URL is wrong, or it refuses to open a data folder that another ' +
    'version made (its own log says so; delete the folder, it is filled again from the database)',
  timeout: 'does not answer in time',
  wrongKey:
    'refuses the key: MEILI_KEY must be its master key, or a key with the rights that docs/search-engines.md lists',
  indexMissing: 'has no index of ours',
  notOurIndex:
    'holds an index that is not the one that was filled: it was emptied, or restored from elsewhere',
  diskFull: 'has no space left on its disk',
  overloaded: 'has too many searches waiting',
  refused: 'refuses the request as invalid',
  failing: 'fails',
};

/** An answer of Meilisearch that is none. The message holds nothing of what it said itself: that may be a path or a key. */
export class MeilisearchFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    /** Its error code, if it gave one. */
    readonly code?: string,
  ) {
    super(`Meilisearch ${meanings[kind]}${code === undefined ? '' : ` (${code})`}`);
    this.name = 'MeilisearchFailure';
  }
}

/** What an error answer means. */
export function failureOf(status: number, code: string | undefined, message: string): MeilisearchFailure {
  return new MeilisearchFailure(kindOf(status, code, message), code);
}

/** What the error of a failed task means. */
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
