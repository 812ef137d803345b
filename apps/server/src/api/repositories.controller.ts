import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { accountOf, CreationRateLimits, type Identity } from '@central-index/accounts';
import { RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { ApiPage } from './api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { CountedAs } from '../access/change-limits.interceptor';
import { addRateLimits } from '../http/rate-limit-headers';
import { Refuses } from './openapi/operations';
import { writePage, type ListDto, type PageDto } from './page.dto';
import {
  namespacePathSchema,
  newRepositorySchema,
  repositoriesPageSchema,
  repositoriesSchema,
  repositoryChangesSchema,
  repositoryPathSchema,
  repositorySchema,
  toPath,
  toRepository,
  toRepositorySummary,
  type NamespacePathDto,
  type NewRepositoryDto,
  type RepositoryChangesDto,
  type RepositoryDto,
  type RepositoryPathDto,
  type RepositorySummaryDto,
} from './repositories.dto';

/** Repositories. A private one is not found by any caller but its owner. */
@Controller('api/v1')
export class RepositoriesController {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly limits: CreationRateLimits,
  ) {}

  @Get('namespaces/:namespace/repositories')
  @Access('anyone')
  @ApiOperation({ summary: 'List the repositories of a namespace that the caller may see, by name' })
  @ApiPage(repositoriesSchema)
  async list(
    @Param({ schema: namespacePathSchema }) { namespace }: NamespacePathDto,
    @Query({ schema: repositoriesPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: Identity,
  ): Promise<ListDto<RepositorySummaryDto>> {
    const page = await this.repositories.list(caller, namespace, { after: cursor, limit: per_page });
    return writePage('repositories', page, toRepositorySummary);
  }

  @Post('namespaces/:namespace/repositories')
  @Access('account')
  @CountedAs('none')
  @Refuses(409)
  @ApiOperation({ summary: 'Create a repository; search lists it after the first push' })
  @ApiCreatedResponse({ standardSchema: repositorySchema })
  async create(
    @Param({ schema: namespacePathSchema }) { namespace }: NamespacePathDto,
    @Body({ schema: newRepositorySchema }) { name, ...texts }: NewRepositoryDto,
    @Caller() caller: Identity,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RepositoryDto> {
    const created = await this.repositories.create(caller, `${namespace}/${name}`, texts, address);
    const account = accountOf(caller);
    if (account !== undefined) addRateLimits(reply, await this.limits.states('repository', account.id));
    return toRepository(created);
  }

  @Get('repositories/:namespace/:name')
  @Access('anyone')
  @ApiOperation({ summary: 'Read a repository' })
  @ApiOkResponse({ standardSchema: repositorySchema })
  async read(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
  ): Promise<RepositoryDto> {
    return toRepository(await this.repositories.find(caller, toPath(path)));
  }

  @Patch('repositories/:namespace/:name')
  @Access('account')
  @ApiOperation({ summary: 'Change description, readme or visibility' })
  @ApiOkResponse({ standardSchema: repositorySchema })
  async update(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Body({ schema: repositoryChangesSchema }) changes: RepositoryChangesDto,
    @Caller() caller: Identity,
    @Address() address: string,
  ): Promise<RepositoryDto> {
    return toRepository(await this.repositories.update(caller, toPath(path), changes, address));
  }

  @Delete('repositories/:namespace/:name')
  @Access('account')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a repository with its tags and stars; no new token grants access to it',
  })
  @ApiNoContentResponse()
  async delete(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
    @Address() address: string,
  ): Promise<void> {
    await this.repositories.delete(caller, toPath(path), address);
  }
}
