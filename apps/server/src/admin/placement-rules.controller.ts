import { Body, Controller, Delete, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { PlacementRulesService } from '@central-index/repositories';
import { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import { listOf, type ListDto } from '../api/page.dto';

const pattern = z
  .string()
  .max(512)
  .describe('namespaces, such as `team-*`, or names, such as `team-*/app`; `*` stays inside one component');
const ruleSchema = z.strictObject({ pattern, registry: z.string().max(255) }).meta({ id: 'PlacementRule' });
const rulesSchema = listOf(ruleSchema).meta({ id: 'PlacementRules' });
const patternSchema = z.strictObject({ pattern });
type RuleDto = z.infer<typeof ruleSchema>;

/** Rules that say on which registry new repositories are to lie, for administrators. */
@Controller('api/v1/admin/placement-rules')
@Access('administrator')
export class PlacementRulesController {
  constructor(private readonly rules: PlacementRulesService) {}

  @Get()
  @ApiOperation({ summary: 'List all rules in the order in which they are tried, the longest pattern first' })
  @ApiOkResponse({ standardSchema: rulesSchema })
  async list(): Promise<ListDto<RuleDto>> {
    return { items: await this.rules.list(), next: null };
  }

  @Put()
  @ApiOperation({ summary: 'Set the registry of a pattern; what lies somewhere already stays there' })
  @ApiOkResponse({ standardSchema: ruleSchema })
  set(
    @Body({ schema: ruleSchema }) rule: RuleDto,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<RuleDto> {
    return this.rules.set(rule.pattern, rule.registry, { name: account.name, address });
  }

  // In the query, as a pattern has a slash.
  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove the rule of a pattern' })
  @ApiNoContentResponse()
  async remove(
    @Query({ schema: patternSchema }) query: z.infer<typeof patternSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<void> {
    await this.rules.remove(query.pattern, { name: account.name, address });
  }
}
