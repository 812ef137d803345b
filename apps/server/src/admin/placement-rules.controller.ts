import { Body, Controller, Delete, Get, HttpCode, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { PlacementRulesService } from '@central-index/repositories';
import type { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { Refuses } from '../api/openapi/operations';
import { pageSchema, toPage, type ListDto, type PageDto } from '../api/page.dto';
import {
  placementRuleSchema,
  placementRulesSchema,
  rulePatternSchema,
  type PlacementRuleDto,
} from './placement-rules.dto';

/** Placement rules: the registries that new repositories must be pushed to. */
@Controller('api/v1/admin/placement-rules')
@Access('administrator')
export class PlacementRulesController {
  constructor(private readonly rules: PlacementRulesService) {}

  @Get()
  @ApiOperation({
    summary: 'List placement rules in the order in which they are matched, longest pattern first',
  })
  @ApiPage(placementRulesSchema)
  async list(
    @Query({ schema: pageSchema('placement-rules', 'text') }) { per_page, cursor }: PageDto,
  ): Promise<ListDto<PlacementRuleDto>> {
    const rules = await this.rules.page({ after: cursor, limit: per_page + 1 });
    return toPage(
      'placement-rules',
      rules,
      per_page,
      ({ pattern }) => pattern,
      (rule) => rule,
    );
  }

  @Put()
  @Refuses(404)
  @ApiOperation({
    summary: 'Set the registry of a pattern; repositories that are placed already stay where they are',
  })
  @ApiOkResponse({ standardSchema: placementRuleSchema })
  set(
    @Body({ schema: placementRuleSchema }) rule: PlacementRuleDto,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<PlacementRuleDto> {
    return this.rules.set(rule.pattern, rule.registry, { name: account.name, address });
  }

  // The pattern is in the query because it contains a slash.
  @Delete()
  @HttpCode(204)
  @Refuses(404)
  @ApiOperation({ summary: 'Delete the rule of a pattern' })
  @ApiNoContentResponse()
  async remove(
    @Query({ schema: rulePatternSchema }) query: z.infer<typeof rulePatternSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<void> {
    await this.rules.remove(query.pattern, { name: account.name, address });
  }
}
