/**
 * Where a word is banned: in `prose` (comments, documents, texts in strings), in `names` (identifiers, file names,
 * single words in strings), in names of declared `functions`, or `everywhere` (prose and names).
 */
export type Scope = 'prose' | 'names' | 'functions' | 'everywhere';

/** A word that the product does not use, and what to write in its place. */
export interface BannedWord {
  /**
   * Names are matched as words: `signsOfLife`, `SIGNS_OF_LIFE` and `signs-of-life` are all read as `signs of life`.
   * A space matches any white space, a line break included. Case counts only if the pattern holds a capital letter.
   */
  readonly pattern: RegExp;
  readonly scope: Scope;
  readonly instead: string;
  readonly reason: string;
}

const established = 'the field has a word for it';
const subject = 'prose names its subject';
const stilted = 'plain present-day English';
const ambiguous = 'it has two meanings';

/** The table, which starts with prose and ends with the domain. A word with a meaning of its own is not banned. */
export const bannedWords: readonly BannedWord[] = [
  // Prose: who or what does something.
  {
    pattern: /(?<!`|(postgres or|account) )(no|some|any|every)body('s)?/,
    scope: 'prose',
    instead: 'user, client, caller, process',
    reason: subject,
  },
  {
    pattern: /who(so)?ever|whomever/,
    scope: 'prose',
    instead: 'the client that, any user who',
    reason: subject,
  },
  {
    pattern: /he|him|his|himself|she|hers?|herself/,
    scope: 'prose',
    instead: 'they, their',
    reason: subject,
  },
  {
    pattern: /strangers?/,
    scope: 'everywhere',
    instead: 'third party, caller without rights',
    reason: subject,
  },

  // Prose: archaic or private turns of phrase.
  { pattern: /anew/, scope: 'everywhere', instead: 'again, from scratch', reason: stilted },
  { pattern: /by turns/, scope: 'prose', instead: 'alternately', reason: stilted },
  { pattern: /dear|dearer|dearest/, scope: 'prose', instead: 'expensive', reason: stilted },
  { pattern: /happenings?/, scope: 'everywhere', instead: 'event', reason: stilted },
  { pattern: /wish(es|ed)?/, scope: 'prose', instead: 'want, request', reason: stilted },
  { pattern: /mend(s|ed|ing)?/, scope: 'everywhere', instead: 'repair, fix', reason: established },
  { pattern: /bears?|bore|borne/, scope: 'everywhere', instead: 'have, carry, set', reason: stilted },
  {
    pattern: /lest|thereby|hereby|hither|thither|whence|thence|sought|shall|ought|aloud/,
    scope: 'prose',
    instead: 'so that, from which, must, explicitly',
    reason: stilted,
  },
  { pattern: /for ever|ever since/, scope: 'prose', instead: 'forever, since', reason: stilted },
  { pattern: /by hand/, scope: 'prose', instead: 'manually', reason: stilted },
  { pattern: /the very/, scope: 'prose', instead: 'exactly that, the same', reason: stilted },
  {
    pattern: /so (many|long)(?! ([a-z]+ ){0,3}(that|as))/,
    scope: 'prose',
    instead: 'a number and its unit',
    reason: stilted,
  },
  { pattern: /besides(?=[.,;:)]| on )/, scope: 'prose', instead: 'also, in addition', reason: stilted },
  { pattern: /under way/, scope: 'everywhere', instead: 'in progress, pending', reason: established },
  { pattern: /broken off|breaks off/, scope: 'prose', instead: 'interrupted', reason: stilted },
  { pattern: /(goes|went|going) on/, scope: 'prose', instead: 'continues', reason: stilted },
  { pattern: /(become|becomes|became) of/, scope: 'prose', instead: 'outcome, result', reason: stilted },
  { pattern: /in step/, scope: 'prose', instead: 'in sync, up to date', reason: established },
  { pattern: /(takes?|took|taken) back/, scope: 'prose', instead: 'revoke, roll back', reason: established },
  { pattern: /(make|makes|made) good/, scope: 'prose', instead: 'recover, compensate', reason: stilted },
  { pattern: /puts? off/, scope: 'prose', instead: 'delay, postpone', reason: stilted },
  { pattern: /(lets?|letting) go/, scope: 'everywhere', instead: 'release', reason: established },
  {
    pattern: /look(s|ed|ing)? again/,
    scope: 'everywhere',
    instead: 'retry, read again',
    reason: established,
  },
  {
    pattern: /look(s|ed|ing)? after(?! ([0-9]|a|one|two|three|seconds))/,
    scope: 'everywhere',
    instead: 'manage, maintain',
    reason: stilted,
  },
  // The message to those who pull at the index says where the repository "lies at".
  {
    pattern: /lies?(?! at)|lying|lain/,
    scope: 'everywhere',
    instead: 'is stored, is placed',
    reason: stilted,
  },
  {
    pattern: /tell|tells|told|telling/,
    scope: 'everywhere',
    instead: 'report, notify, state, distinguish',
    reason: established,
  },
  {
    pattern: /hear|hears|heard|hearers?/,
    scope: 'everywhere',
    instead: 'receive, be notified of',
    reason: established,
  },
  { pattern: /remember(s|ed|ing)?/, scope: 'everywhere', instead: 'cache', reason: established },
  {
    pattern: /forget|forgets|forgot|forgotten|forgetting/,
    scope: 'everywhere',
    instead: 'purge, invalidate, delete, expired',
    reason: established,
  },
  { pattern: /believ(e|es|ed|ing)/, scope: 'prose', instead: 'trust, accept', reason: established },
  { pattern: /noted/, scope: 'prose', instead: 'recorded', reason: established },
  { pattern: /at once/, scope: 'prose', instead: 'immediately, or at the same time', reason: ambiguous },
  {
    pattern: /(is|are|was|were|be|been) over(?=[.,;:)]| (by|and|or|when|before|after|is|are|then)|$)/,
    scope: 'prose',
    instead: 'has expired, has ended',
    reason: ambiguous,
  },
  {
    pattern:
      /((once|twice|times)|[0-9][0-9.,]*( [a-z]+)?) (a|an) (second|minute|hour|day|night|week|month|year)/,
    scope: 'prose',
    instead: 'per second, per day; hourly, daily',
    reason: 'rates say "per"',
  },
  {
    pattern: /Answers( (how|if|whether|what|undefined|true|false))?/,
    scope: 'prose',
    instead: 'Returns (a function), Responds (a server), Responses',
    reason: established,
  },

  // The architecture.
  { pattern: /rooms?/, scope: 'everywhere', instead: 'library, module', reason: established },
  { pattern: /doors?/, scope: 'everywhere', instead: 'public entry', reason: established },
  { pattern: /(?<!in-)house/, scope: 'prose', instead: 'code base', reason: established },
  {
    pattern: /(most|least) .*/,
    scope: 'names',
    instead: 'max…, min…',
    reason: 'bounds are named max and min',
  },
  {
    pattern: /.*(patien(t|ce)|patiently)|kept for|.* for (ms|seconds)/,
    scope: 'names',
    instead: 'timeout…, retention…, …TtlMs',
    reason: 'bounds are named by what they limit',
  },
  {
    pattern: /(note|take|ask|meet|give|look(?! up)|keep|bury|greet|knock)( .*)?/,
    scope: 'functions',
    instead: 'record, consume, request, send, check, store, delete',
    reason: 'one verb per action',
  },

  // The domain.
  { pattern: /errands?/, scope: 'everywhere', instead: 'operation', reason: established },
  { pattern: /sweep(s|ing|ers?)?|swept/, scope: 'everywhere', instead: 'reconcile', reason: established },
  { pattern: /identity tokens?/, scope: 'everywhere', instead: 'refresh token', reason: established },
  { pattern: /ceilings?/, scope: 'everywhere', instead: 'restrictions', reason: established },
  { pattern: /stewards?/, scope: 'everywhere', instead: 'maintainer', reason: established },
  { pattern: /renown/, scope: 'everywhere', instead: 'prominence', reason: established },
  { pattern: /checkups?/, scope: 'everywhere', instead: 'diagnosis, checks', reason: established },
  { pattern: /couriers?/, scope: 'everywhere', instead: 'proxy', reason: established },
  { pattern: /known address(es)?/, scope: 'names', instead: 'sign-in address', reason: established },
  { pattern: /signs? of life/, scope: 'everywhere', instead: 'heartbeat', reason: established },
  { pattern: /waiting facts?/, scope: 'everywhere', instead: 'fact outbox', reason: established },
  { pattern: /visits|visitors?/, scope: 'everywhere', instead: 'unique pulls', reason: established },
  {
    pattern: /(?<!registry )mirror(s|ed|ing)?/,
    scope: 'everywhere',
    instead: 'replica',
    reason: established,
  },
  { pattern: /strays?/, scope: 'everywhere', instead: 'orphaned', reason: established },
  { pattern: /fades?|faded|fading/, scope: 'everywhere', instead: 'decay', reason: established },
];

/** Names of earlier versions that the words above do not cover, as they are spelled, and today's. */
export const formerNames: Readonly<Record<string, string>> = {
  // Codes of errors
  BAD_CREDENTIALS: 'INVALID_CREDENTIALS',
  DATA_DIR_HELD: 'DATA_DIR_LOCKED',
  INVITE_NEEDED: 'INVITE_REQUIRED',
  INVITE_REFUSED: 'INVITE_INVALID',
  LOGIN_OVER: 'REFRESH_TOKEN_INVALID',
  REGISTRY_FAILING: 'REGISTRY_ERROR',
  REGISTRY_REFUSED: 'REGISTRY_UNAUTHORIZED',
  REGISTRY_TAKEN: 'REGISTRY_EXISTS',
  REGISTRY_UNREADABLE: 'REGISTRY_INVALID_RESPONSE',
  UNAUTHORIZED_REPORT: 'NOTIFICATION_UNAUTHORIZED',
  // Facts and jobs
  'registry.reported': 'registry.events-received',
  'registry.overflowed': 'registry.event-oversized',
  'push.reported-early': 'tag.recheck-requested',
  'tag.removal-asked': 'tag.deletion-requested',
  'repository.left': 'repository.moved-away',
  'jobs.renumber': 'jobs.reset-sequences',
  'search.pack': 'search.reindex',
  // Metrics and log lines
  central_index_search_waiting: 'central_index_search_replica_pending_documents',
  central_index_search_refused: 'central_index_search_replica_rejected_documents',
  'unforeseen error': 'unhandled error',
  // Types and functions
  AnonymousTokens: 'AnonymousTokenCache',
  BatchedCounter: 'LeasedRateLimiter',
  Changes: 'ChangeListener',
  CopyEnd: 'CopyEndpoint',
  FragmentFacts: 'FragmentOptions',
  GatheredFacts: 'FactBatchProcessor',
  Gathering: 'BatchQueue',
  Greeting: 'ProbeResponse',
  IndexBearer: 'IndexTokenAuthenticator',
  IndexTokens: 'InternalTokens',
  KeptRunning: 'RunnerSupervisor',
  KeyMaker: 'SigningKeyFactory',
  KeysAtStart: 'SigningKeyInitializer',
  LossesService: 'MissingTags',
  PlacedFacts: 'RepositoryFactsRow',
  PostgresPacking: 'IndexMaintenance',
  PostgresWordSizes: 'DocumentFrequencies',
  PullRecords: 'PullCounter',
  RecentGrants: 'GrantCache',
  RemovalsService: 'ImageDeletionService',
  RepeatedPulls: 'TokenCacheHook',
  RepositoryReports: 'RepositoryEventApplier',
  ReportsModule: 'RegistrySyncModule',
  ReportsService: 'EventProcessorService',
  SearchUpkeep: 'SearchMaintenance',
  breaksConstraint: 'isConstraintViolation',
  caughtUp: 'waitForSync',
  holdsSealed: 'hasEncryptedData',
  inParallel: 'p-limit',
  madeOf: 'tags',
  placeName: 'claimPlacement',
  sayApiVersion: 'setApiVersionHeader',
  // Command line
  '--for distribution2': '--kind distribution2',
  '--for distribution3': '--kind distribution3',
  '--for zot': '--kind zot',
};
