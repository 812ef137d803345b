import { sql } from '@central-index/platform/database';

/** $1: repository. */
export const selectPlacement = sql<{ readonly registryId: string }>(
  `select registry_id as "registryId" from repository where id = $1 and registry_id is not null and state <> 'deleted'`,
);
