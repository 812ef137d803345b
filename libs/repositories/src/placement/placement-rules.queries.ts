import { sql } from '@central-index/platform/database';
import { placementRuleOrder } from '../repository/repository-facts.queries';

/** Which names are pushed to which registry. */
export interface PlacementRule {
  /** `namespace/name`, `library/name` for official ones; `*` matches within one component. */
  readonly pattern: string;
  /** Name of the registry. */
  readonly registry: string;
}

/** $1: pattern; $2: registry. */
export const upsertPlacementRule = sql(
  `insert into placement_rule (pattern, registry_id) values ($1, $2)
   on conflict (pattern) do update set registry_id = excluded.registry_id`,
);

/** All rules, in the order in which they are tried. */
export const selectPlacementRules = sql<PlacementRule>(
  `select pattern, registry.name as registry
     from placement_rule join registry on registry.id = registry_id ${placementRuleOrder}`,
);

/** A page of them. $1: last pattern of the page before, empty for the first page; $2: limit. */
export const selectPlacementRulesAfter = sql<PlacementRule>(
  `select pattern, registry.name as registry
     from placement_rule join registry on registry.id = registry_id
    where $1::text = '' or (-length(pattern), pattern) > (-length($1), $1) ${placementRuleOrder} limit $2`,
);
