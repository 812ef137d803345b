import { sql } from '@central-index/platform/database';

/** An account that was granted a push, and when that was last. */
export interface PushGrantRow {
  readonly id: string;
  readonly name: string;
  readonly grantedAt: Date;
}

/** $1: repository; $2: account names. */
export const selectPushGrants = sql<PushGrantRow>(
  `select account.id, account.name, granted_at as "grantedAt"
     from push_grant join account on account.id = account_id
    where repository_id = $1 and account.name = any($2)`,
);

/** All accounts that were granted a push in the last days. $1: repository. */
export const selectAllPushGrants = sql<Pick<PushGrantRow, 'id' | 'grantedAt'>>(
  `select account_id as id, granted_at as "grantedAt" from push_grant where repository_id = $1`,
);
