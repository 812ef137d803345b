// Keys are what `comment on` takes, with the names of tables and columns that 1764000020000 introduces.

/** Comments of tables, columns and functions after the migration. */
export const comments: Readonly<Record<string, string>> = {
  'column account.reserved_name_allowed':
    'Set by operator commands only: the trigger then accepts a reserved name',
  'table refresh_token':
    'Refresh tokens that clients store instead of a password; secret_hash is the SHA-256 of the token',
  'column refresh_token.access_token_id':
    'Access token that the login was made with: its restrictions and lifetime apply to the refresh token',
  'column refresh_token.service': 'The only service that the refresh token is valid for',
  'column refresh_token.client': 'Name that the client reports for itself',
  'column refresh_token.address': 'IP address of the login',
  'table session': 'Browser sessions; secret_hash is the SHA-256 of the cookie',
  'table invite': 'Invitations to sign up, each usable once; secret_hash is the SHA-256 of the code',
  'table password_failure': 'Consecutive wrong passwords per name tried, whether the account exists or not',
  'table sign_in_address':
    'IP addresses (/64 prefixes for IPv6) from which an account signed in with its password',
  'table reserved_name':
    'Names that sign-up and rename reject; administrators use them through reserved_name_allowed',
  'table schema_requirement':
    'Migrations that older code cannot run on: oldest_code is the timestamp of the oldest migration whose code may run',
  'table setting': 'Values generated once and never changed, such as the issuer of tokens',
  'table rate_limit': 'Rate limit counters shared by all processes; expire is in epoch milliseconds',
  'table certificate_authority':
    'Certificate authorities that registries trust: PEM certificate, private key sealed under SECRET_KEY',
  'table signing_key':
    'Keys and leaf certificates that sign tokens; purpose is shared for Distribution registries, or zot:<registry id>',
  'column signing_key.retired_at':
    'Since when the key only verifies; it is deleted after its last token has expired',
  'table namespace':
    'First components of repository names; imported ones have no owner until an administrator assigns one',
  'column repository.path': 'Canonical name; official repositories are library/x',
  'column repository.state':
    'pending until the first manifest is seen at its registry; hidden when its registry was deleted; deleted is a tombstone that keeps name and visibility',
  'column repository.registry_path':
    'Path of the repository at its registry; for official repositories that of the first push',
  'column repository.version':
    'Incremented on every update; search documents store the version that they were built from',
  'column repository.deleted_at':
    'Time of the latest deletion: a push that revives the repository but never arrives restores the tombstone',
  'column repository.unique_pulls':
    'Pulls counted once per IP prefix and hour, each weighted by 2^(d/90), where d is days since 2026-01-01',
  'column manifest.size': 'Bytes of config and layers, over all platforms for an index; null when unknown',
  'column manifest.subject': 'Digest of the manifest that this one refers to, as in OCI',
  'column manifest.built_at': 'Creation time that the image states',
  'column manifest.labels':
    'org.opencontainers.image.* annotations and labels, keyed by the last component of their names',
  'column manifest.children': 'Digests of the entries of an index',
  'table tag_history':
    'Digests that tags pointed to, and since when; kept after the tag and the manifest are deleted',
  'column tag_history.reported':
    'False when the tag was seen at the registry and no push event has arrived (yet): pushed_at is then the time of observation',
  'table tag_deletion':
    'Tags that are being deleted at their registry: a job finishes deletions that a crash interrupted',
  'column tag_deletion.digest':
    'Digest of the tag when deletion was requested: an image pushed to the tag since then is kept',
  'table push_grant':
    'When each account was last granted a push: the actor of an event is trusted only if that account held a grant within the last day',
  'table registry':
    'Blob registries: url is where the index reaches one, host is what clients use, service is its name in tokens',
  'column registry.hook_secret_hash': 'SHA-256 of the secret that authenticates its notifications',
  'table registry_event':
    'Events as received, each once; parked events could not be parsed or trusted, and reason says why',
  'table registry_reconcile': 'Latest reconcile of each registry',
  'column registry_reconcile.complete_at':
    'Start of the latest reconcile that read the whole registry: only pushes granted since then may have moved a tag',
  'column registry_reconcile.alarm': 'Why the reconcile deleted nothing although tags are missing',
  'table missing_tag':
    'Tags that a reconcile did not find; a later reconcile that does not find them either deletes them',
  'table placement_rule':
    'Patterns of namespace/name that are pushed to one registry only; * matches within one component; the longest pattern wins',
  'table pull_count': 'Pulls per repository, day (UTC) and reference; kept indefinitely',
  'column pull_count.reference': 'Tag that was requested, or the digest when no tag was',
  'table manifest_request': 'Manifest requests of the last minutes: several of them can be one pull',
  'column manifest_request.counted_as':
    'Tag or digest that the request is counted as a pull of; null for a HEAD request or a part of another pull',
  'table operation': 'Long-running work that an administrator requested; a job runs one operation at a time',
  'column operation.error': 'Why the operation failed',
  'table unique_pull':
    'Keyed digests of IP prefix, repository and hour of the latest pulls, so that each combination is counted once',
  'table fact_outbox':
    'Facts that are processed in batches; a row is deleted in the transaction that processes it',
  'column fact_outbox.payload': 'Payload of the fact, as in a job',
  'table search_document': 'Derived from repository by a job; can be rebuilt from it at any time',
  'column search_document.rank_key':
    'Sort key of every result list: popularity in descending order, then repository_id',
  'column search_document.version': 'Version of the repository row that the document was built from',
  'column search_document.terms': 'Index terms: hashes of a field and a word',
  'table search_posting':
    'Public search documents per term, the most popular first; maintained by triggers on search_document',
  'table search_spelling': 'Names of popular repositories by deletion key, as in SymSpell',
  'column search_spelling.deletion_key':
    'Hash of the prefix of the name with up to two letters deleted; its lowest six bits are the length of the whole name',
  'column search_spelling.weight': 'Popularity of the most popular repository with that name, in whole steps',
  'table search_replica':
    'State of the replica of public search documents in an external engine; one row while a replica exists',
  'column search_replica.generation':
    'Generation marker of the index in use: an index without it is not the replica',
  'column search_replica.building': 'Generation marker of the index that a rebuild is filling',
  'column search_replica.built_up_to': 'Last repository_id that the rebuild has sent',
  'column search_replica.checked_up_to': 'Last repository_id compared in the current check',
  'column search_replica.full_check_at': 'When all documents of the replica had last been compared',
  'column search_replica.drift': 'Total of replica documents that differed without a row in search_outbox',
  'table search_outbox':
    'Search documents whose latest change the replica has not confirmed; a row is deleted when its task succeeds',
  'column search_outbox.change':
    'Number of the latest change: a confirmation counts only if sent_change equals it',
  'column search_outbox.pending_since': 'Since when the replica is behind',
  'column search_outbox.attempts':
    'Failed tasks that contained this document; each failure makes the next task smaller',
  'function name_skeleton': 'Skeleton of a name (UTS #39): names that look alike have equal skeletons',
};

/** The same comments before the migration. */
export const formerComments: Readonly<Record<string, string>> = {
  'column account.reserved_name_allowed':
    'Set by operator commands only: the trigger then lets a reserved name pass',
  'table refresh_token':
    'Logins that clients keep instead of a password; secret_hash is the SHA-256 of the token',
  'column refresh_token.access_token_id':
    'The access token that the login was made with: its ceiling and its life are those of the login',
  'column refresh_token.service': 'The only service that it gets tokens for',
  'column refresh_token.client': 'What the client calls itself',
  'column refresh_token.address': 'Where the login was made from',
  'table session': 'Sign-ins of browsers; secret_hash is the SHA-256 of the cookie',
  'table invite': 'Invitations to sign up, each good once; secret_hash is the SHA-256 of the code',
  'table password_failure': 'Wrong passwords in a row by the name that was tried, whether it exists or not',
  'table sign_in_address': 'Where an account signed in from with its password: an address, or a /64 of IPv6',
  'table reserved_name':
    'Names that no sign-up and no rename may take; administrators use them through reserved_name_allowed',
  'table schema_requirement':
    'Migrations that older code cannot live with: oldest_code is the timestamp of the oldest migration whose code may run',
  'table setting': 'Values made once and kept, such as the issuer of tokens',
  'table rate_limit': 'Counters of limits, shared by all processes; expire in epoch milliseconds',
  'table certificate_authority':
    'What registries trust: PEM certificate, private key sealed under SECRET_KEY',
  'table signing_key':
    'Leaves under the authority; purpose is shared for Distribution registries, or zot:<registry id>',
  'column signing_key.retired_at': 'Since when it only verifies; removed once its last token is over',
  'table namespace':
    'First components of names; imported ones have no owner until an administrator gives them one',
  'column repository.path': 'Canonical name, library/x for official ones',
  'column repository.state':
    'pending until the first manifest is seen at its registry; hidden when its registry was removed; deleted is a tombstone that keeps name and visibility',
  'column repository.registry_path':
    'The spelling under which it lies at its registry: for official ones that of the first push',
  'column repository.version': 'Raised by every change that others may see; search documents carry it',
  'column repository.deleted_at':
    'When it was deleted last: a push that revives it and then never arrives leaves the tombstone again',
  'column repository.unique_pulls':
    'Pulls, one an address and hour, each weighed by 2 to the power of the days since 2026 began / 90',
  'column manifest.size': 'Bytes of config and layers, of all platforms for an index; null when unknown',
  'column manifest.subject': 'Digest of the manifest that this one is about',
  'column manifest.built_at': 'When it says that it was made',
  'column manifest.labels': 'org.opencontainers.image.* annotations and labels, by their last word',
  'column manifest.children': "Digests of an index's entries",
  'table tag_history': 'What tags pointed to since when; kept when tag and manifest are gone',
  'column tag_history.reported':
    'False when the registry showed it and no push was reported (yet): pushed_at is then when it was seen',
  'table tag_deletion': 'Tags that are being deleted at their registry: a job ends what a crash interrupted',
  'column tag_deletion.digest': 'What the tag pointed to: another image that was pushed since is left alone',
  'table push_grant':
    'Who was last granted a push when: an event names a pusher only if that account held a grant within the day',
  'table registry':
    'Blob registries: url is where the index reaches one, host what clients type, service its name in tokens',
  'column registry.hook_secret_hash': 'SHA-256 of the secret with which it reports',
  'table registry_event':
    'Events as reported, once each; parked ones could not be read or believed, and say why',
  'table registry_reconcile': 'The last sweep of each registry',
  'column registry_reconcile.complete_at':
    'When the last sweep began that read everything: who was granted a push since may have moved a tag',
  'column registry_reconcile.alarm': 'Why the sweep removed nothing though something is missing',
  'table missing_tag':
    'Tags that a sweep did not find; a later sweep that does not find them either removes them',
  'table placement_rule':
    'Names that are pushed to one registry only: namespace/name, * stays inside one component; the longest pattern wins',
  'table pull_count': 'Pulls of a day (UTC), kept for ever',
  'column pull_count.reference': 'The tag that was asked for, or the digest when none was',
  'table manifest_request': 'Requests for manifests of the last minutes: one pull may be several of them',
  'column manifest_request.counted_as':
    'The reference that it is counted for; null when it is part of another or a mere look',
  'table operation': 'Long work that an administrator asked for: a job does it, one after another',
  'column operation.error': 'Why it could not be done',
  'table unique_pull':
    'Who pulled what in the last hours: keyed digests of address, repository and hour, for counting each once',
  'table fact_outbox': 'Facts that are told together; a row leaves in the transaction that did what follows',
  'column fact_outbox.payload': 'What the fact is about, as the payload of a job',
  'table search_document': 'Derived from repository by a job, and rebuilt from it at any time',
  'column search_document.rank_key': 'Place in every list: popularity downwards, then repository_id',
  'column search_document.version': 'Version of the repository row that it was made from',
  'column search_document.terms': 'What it is listed under: hashes of a field and a word',
  'table search_posting':
    'Public search documents by term, the most popular first; kept by triggers of search_document',
  'table search_spelling': 'Names of popular repositories by what is left of them when letters are taken out',
  'column search_spelling.deletion_key':
    'Hash of the beginning of the name without up to two of its letters; its lowest six bits are how many the whole has',
  'column search_spelling.weight': 'Popularity of the most popular repository of that name, in whole steps',
  'table search_replica':
    'The copy of the public search documents in a second engine: one row while there is one',
  'column search_replica.generation': 'The mark that the engine in use bears: what lacks it is not our index',
  'column search_replica.building': 'The mark of the index that a rebuild is filling',
  'column search_replica.built_up_to': 'The last repository that the rebuild has filled in',
  'column search_replica.checked_up_to': 'The last repository whose copy was compared in the round under way',
  'column search_replica.full_check_at': 'When all copies had last been compared',
  'column search_replica.drift': 'Copies found to differ without a note of it, ever',
  'table search_outbox':
    'Search documents that the second engine has not confirmed as they are now; a row leaves when its task succeeded',
  'column search_outbox.change': 'Number of the latest change: what was sent counts only if it is this one',
  'column search_outbox.pending_since': 'Since when the engine is behind',
  'column search_outbox.attempts':
    'Tasks that failed with this document among theirs; every failure makes the next task smaller',
  'function name_skeleton': 'What is left of a name when look-alikes are made equal',
};
