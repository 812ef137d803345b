import { sql } from '@central-index/platform/database';

/** Registries of which no reconcile has started for that long. $1: seconds. */
export const selectDueRegistries = sql<{ readonly id: string }>(
  `select registry.id from registry left join registry_reconcile on registry_id = registry.id
    where started_at is null or started_at <= now() - make_interval(secs => $1)
    order by registry.id`,
);
