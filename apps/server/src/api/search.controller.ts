import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { SearchService } from '@central-index/search';
import { Access, Caller } from '../access/access.decorator';
import {
  searchPageSchema,
  searchQuerySchema,
  toSearchPage,
  type SearchPageDto,
  type SearchQueryDto,
} from './search.dto';

/** Search for people and scripts. */
@Controller('api/v1/search')
export class SearchController {
  constructor(
    private readonly searches: SearchService,
    private readonly namespaces: NamespacesService,
  ) {}

  @Get()
  @Access('anyone')
  @ApiOperation({ summary: 'Find repositories: public ones, and those of the caller' })
  @ApiOkResponse({ standardSchema: searchPageSchema })
  async search(
    @Query({ schema: searchQuerySchema }) query: SearchQueryDto,
    @Caller() caller: Identity,
  ): Promise<SearchPageDto> {
    const { q, page, per_page: perPage, sort, ...filters } = query;
    const viewer = { namespaces: await this.namespaces.ownedBy(caller) };
    return toSearchPage(await this.searches.search({ q, page, perPage, sort, filters, viewer }));
  }
}
