import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { RegistriesService } from '@central-index/registries';
import { StarsService, TagsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { writePage, type PageDto } from '../../api/page.dto';
import { toPath, type RepositoryPathDto } from '../../api/repositories.dto';
import { stargazersPageSchema, toStargazer } from '../../api/stars.dto';
import { toTag } from '../../api/tags.dto';
import { FormTokens, formTokenField } from '../rendering/form-tokens';
import { overviewPage } from './overview.page';
import { pushHosts } from './push-hosts';
import type { RepositoryView } from './repository-head';
import { addressOf, repositoryBases, RepositoryPages } from './repository-pages';
import { pageParametersSchema, tagListSchema, type TagListQuery } from './repository-parameters';
import { stargazersPage } from './stargazers.page';
import { tagsPage } from './tags.page';

/** The pages of a repository. A private one is not found by anyone but its owner. */
@ApiExcludeController()
@Controller(repositoryBases)
@Access('anyone')
export class RepositoryPagesController {
  constructor(
    private readonly repositoryPages: RepositoryPages,
    private readonly tags: TagsService,
    private readonly stars: StarsService,
    private readonly registries: RegistriesService,
    private readonly forms: FormTokens,
  ) {}

  @Get()
  async overview(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.repositoryPages.show({ path, caller, request, reply }, async (context, view) => {
      return overviewPage(context, view, await this.pushHost(view));
    });
  }

  @Get('tags')
  async listTags(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Query({ schema: tagListSchema }) { per_page, cursor, kind, deleted, outcome }: TagListQuery,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.repositoryPages.show({ path, caller, request, reply }, async (context, view) => {
      const found = await this.tags.list(caller, toPath(path), { after: cursor, limit: per_page, kind });
      return tagsPage(context, view, {
        tags: writePage('tags', found, toTag),
        kind,
        deletion: deleted && outcome ? { tag: deleted, outcome } : undefined,
      });
    });
  }

  @Get('stars')
  async listStars(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Query({ schema: stargazersPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.repositoryPages.show({ path, caller, request, reply }, async (context, view) => {
      const found = await this.stars.stargazers(caller, toPath(path), { after: cursor, limit: per_page });
      return stargazersPage(context, view, writePage('stargazers', found, toStargazer));
    });
  }

  @Post('star')
  @Access('sign-in')
  @HttpCode(303)
  async star(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Body() body: Readonly<Record<string, unknown>>,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // An old form only shows the page again: what it asked for can be seen there.
    if (this.forms.isValid(request, body[formTokenField])) {
      if (body['starred'] === 'false') await this.stars.unstar(caller, toPath(path));
      else await this.stars.star(caller, toPath(path));
    }
    void reply.redirect(addressOf(path), 303);
  }

  // With one registry, it is where a first push goes.
  private async pushHost({ repository }: RepositoryView): Promise<string | undefined> {
    if (repository.pull_command !== null) return undefined;
    return pushHosts(await this.registries.list())[0];
  }
}
