import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { AnonymousSearch, SearchService, type SearchPage, type SearchRequest } from '@central-index/search';
import type { FastifyRequest } from 'fastify';
import { Access } from '../access/access.decorator';
import { SearchCaller } from './search-caller';
import { v1SearchSchema, type V1SearchDto } from './search.dto';
import { toV1Response, type V1SearchResponse } from './search.view';

/** `docker search HOST/term` of every Docker since 0.6.6, and podman's search. */
@ApiExcludeController()
@Controller('v1/search')
export class V1SearchController {
  constructor(
    private readonly searches: SearchService,
    private readonly anonymousSearches: AnonymousSearch,
    private readonly namespaces: NamespacesService,
    private readonly callers: SearchCaller,
  ) {}

  @Get()
  @Access('self-authenticated')
  async search(
    @Query({ schema: v1SearchSchema }) { q, n, page }: V1SearchDto,
    @Req() request: FastifyRequest,
  ): Promise<V1SearchResponse> {
    const caller = await this.callers.identify(request);
    return toV1Response(q, await this.find({ q, page, perPage: n }, caller));
  }

  private async find(request: Omit<SearchRequest, 'viewer'>, caller: Identity): Promise<SearchPage> {
    if (caller.kind === 'anonymous') return this.anonymousSearches.search(request);
    return this.searches.search({ ...request, viewer: await this.namespaces.privateScope(caller) });
  }
}
