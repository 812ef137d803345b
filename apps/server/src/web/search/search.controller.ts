import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import {
  AnonymousSearch,
  SearchService,
  type SearchExplanation,
  type SearchPage,
  type SearchRequest,
} from '@central-index/search';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { toSearchPage } from '../../api/search.dto';
import { PageRenderer } from '../rendering/page-renderer';
import { searchFormSchema, type SearchForm } from './search-form';
import { searchPage } from './search.page';

const perPage = 25;

/** The page of search results, in the ranking of `docker search`. */
@ApiExcludeController()
@Controller('search')
@Access('anyone')
export class SearchPageController {
  constructor(
    private readonly searches: SearchService,
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
    const { q, page, sort, ...filters } = form;
    const searched = await this.search({ q, page, perPage, sort, filters }, caller);
    const context = this.pages.contextOf(request, reply);
    const explanation = context.account?.administrator ? searched.explanation : undefined;
    this.pages.send(reply, context, searchPage(context, form, toSearchPage(searched.page, explanation)));
  }

  private async search(
    request: Omit<SearchRequest, 'viewer'>,
    caller: Identity,
  ): Promise<{ page: SearchPage; explanation?: SearchExplanation }> {
    if (caller.kind === 'anonymous') return { page: await this.anonymousSearches.search(request) };
    return this.searches.explain({ ...request, viewer: await this.namespaces.privateScope(caller) });
  }
}
