import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { AnonymousSearch, SearchService } from '@central-index/search';
import { ApiPage } from './api-page.decorator';
import { Access, Caller } from '../access/access.decorator';
import { Refuses } from './openapi/operations';
import { enforce } from '../access/access.guard';
import {
  searchPageSchema,
  searchQuerySchema,
  suggestionsSchema,
  suggestQuerySchema,
  toSearchPage,
  toSuggestions,
  type SearchPageDto,
  type SearchQueryDto,
  type SuggestQueryDto,
  type SuggestionsDto,
} from './search.dto';

/** Search and completion of names. */
@Controller('api/v1/search')
export class SearchController {
  constructor(
    private readonly searches: SearchService,
    private readonly anonymousSearches: AnonymousSearch,
    private readonly namespaces: NamespacesService,
  ) {}

  @Get()
  @Access('anyone')
  @Refuses(403)
  @ApiOperation({ summary: 'Search public repositories and those of the caller' })
  @ApiPage(searchPageSchema)
  async search(
    @Query({ schema: searchQuerySchema }) query: SearchQueryDto,
    @Caller() caller: Identity,
  ): Promise<SearchPageDto> {
    const { q, page = 1, cursor, per_page: perPage, sort, explain, ...filters } = query;
    const start = cursor === undefined ? undefined : Number(cursor);
    if (explain) enforce('administrator', caller);
    const request = { q, page, start, perPage, sort, filters };
    if (caller.kind === 'anonymous') return toSearchPage(await this.anonymousSearches.search(request));
    const viewer = await this.namespaces.privateScope(caller);
    const result = await this.searches.explain({ ...request, viewer });
    return toSearchPage(result.page, explain ? result.explanation : undefined);
  }

  @Get('suggest')
  @Access('anyone')
  @ApiOperation({ summary: 'Complete a name that is being typed' })
  @ApiPage(suggestionsSchema)
  async suggest(
    @Query({ schema: suggestQuerySchema }) { q, per_page: limit, cursor }: SuggestQueryDto,
    @Caller() caller: Identity,
  ): Promise<SuggestionsDto> {
    const range = { start: cursor === undefined ? 0 : Number(cursor), limit };
    if (caller.kind === 'anonymous') return toSuggestions(await this.anonymousSearches.suggest(q, range));
    const viewer = await this.namespaces.privateScope(caller);
    return toSuggestions(await this.searches.suggest(q, viewer, range));
  }
}
