import { sql } from '@central-index/platform/database';
import { isGrantedSinceSql } from '@central-index/repositories';

/** A repository that is placed on the registry. */
export interface ScanCandidate {
  readonly id: string;
  /** How many tags the index has of it. */
  readonly storedTags: number;
  /** True when a push was granted that may have moved a tag since the last complete reconcile. */
  readonly touched: boolean;
  /** Tags that an earlier reconcile missed. */
  readonly missedBefore: readonly string[];
}

/**
 * A page of repositories by id. $1: registry; $2: the id after which to start; $3: time since which a push may have moved
 * a tag, null to read every digest; $4: limit; $5: start of this reconcile.
 */
export const selectScanCandidates = sql<ScanCandidate>(
  `select id,
          (select count(*)::int from tag where repository_id = repository.id) as "storedTags",
          $3::timestamptz is null or ${isGrantedSinceSql('$3')} as touched,
          array(select tag from missing_tag where repository_id = repository.id and missing_since < $5) as "missedBefore"
     from repository where registry_id = $1 and state <> 'deleted' and id > $2 order by id limit $4`,
);
