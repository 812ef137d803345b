import { z } from 'zod';
import { listOf } from '../api/page.dto';

const pattern = z
  .string()
  .max(512)
  .describe('namespaces (`team-*`) or names (`team-*/app`); `*` matches within one component');
/** A placement rule. */
export const placementRuleSchema = z
  .strictObject({ pattern, registry: z.string().max(255) })
  .meta({ id: 'PlacementRule' });
/** A page of placement rules. */
export const placementRulesSchema = listOf(placementRuleSchema).meta({ id: 'PlacementRules' });
/** The pattern of a rule to be deleted. */
export const rulePatternSchema = z.strictObject({ pattern });
/** A placement rule as the API returns it. */
export type PlacementRuleDto = z.infer<typeof placementRuleSchema>;
