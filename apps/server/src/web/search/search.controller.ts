import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import {
  AnonymousSearch,
  FilterCountsService,
  SearchService,
  type CountsByFilter,
  type SearchExplanation,
  type SearchPage,
  type SearchRequest,
  type Viewer,
} from '@central-index/search';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { toSearchPage } from '../../api/search.dto';
import { PageRenderer } from '../rendering/page-renderer';
import { searchFiltersOf, searchFormSchema, type SearchForm } from './search-form';
import { searchPage } from './search.page';

const perPage = 25;

interface Found {
  readonly page: SearchPage;
  readonly counts: CountsByFilter;
  readonly explanation?: SearchExplanation;
}

/** The page of search results, in the ranking of `docker search`. */
@ApiExcludeController()
@Controller('search')
@Access('anyone')
export class SearchPageController {
  constructor(
    private readonly searches: SearchService,
    private readonly filterCounts: FilterCountsService,
    private readonly anonymousSearches: AnonymousSearch,
    private readonly namespaces: NamespacesService,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Query({ schema: searchFormSchema }) form: SearchForm,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { q, page } = form;
    const search = { q, page, perPage, sort: form.sort, filters: searchFiltersOf(form) };
    const { counts, ...found } = await this.find(search, form.explain === true, caller);
    const context = this.pages.contextOf(request, reply);
    const results = toSearchPage(found.page, found.explanation);
    this.pages.send(reply, context, searchPage(context, { form, found: results, counts }));
  }

  private async find(
    search: Omit<SearchRequest, 'viewer'>,
    isExplained: boolean,
    caller: Identity,
  ): Promise<Found> {
    const isAnonymous = caller.kind === 'anonymous';
    const viewer: Viewer = isAnonymous ? { namespaces: [] } : await this.namespaces.privateScope(caller);
    const [found, counts] = await Promise.all([
      isExplained
        ? this.searches.explain({ ...search, viewer })
        : { page: await this.page(search, viewer, isAnonymous) },
      isAnonymous ? this.anonymousSearches.count(search) : this.filterCounts.count({ ...search, viewer }),
    ]);
    return { ...found, counts };
  }

  private page(
    search: Omit<SearchRequest, 'viewer'>,
    viewer: Viewer,
    isAnonymous: boolean,
  ): Promise<SearchPage> {
    return isAnonymous ? this.anonymousSearches.search(search) : this.searches.search({ ...search, viewer });
  }
}
