import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { RegistriesService } from '@central-index/registries';
import { RepositoriesService, StarsService, TagsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { writePage, type PageDto } from '../../api/page.dto';
import { toPath, toRepository, type RepositoryPathDto } from '../../api/repositories.dto';
import { tagsPageSchema, toTag, toTagMove } from '../../api/tags.dto';
import { repositoryPath } from '../components/repository-list';
import type { Page } from '../layout/document';
import { FormTokens, formTokenField } from '../rendering/form-tokens';
import { PageRenderer } from '../rendering/page-renderer';
import type { PageContext } from '../rendering/page-context';
import { overviewPage } from './overview.page';
import type { RepositoryView } from './repository-head';
import { pageParametersSchema, tagParametersSchema, type TagParameters } from './repository-parameters';
import { tagPage } from './tag.page';
import { tagsPage } from './tags.page';

const historyLength = 20;
// Official repositories have one component; `/r/library/x` leads to `/_/x`.
const bases = ['r/:namespace/:name', '_/:name'];

/** The pages of a repository. A private one is not found by anyone but its owner. */
@ApiExcludeController()
@Controller(bases)
@Access('anyone')
export class RepositoryPagesController {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly tags: TagsService,
    private readonly stars: StarsService,
    private readonly registries: RegistriesService,
    private readonly forms: FormTokens,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async overview(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(path, caller, request, reply, async (context, view) =>
      overviewPage(context, view, await this.pushHost()),
    );
  }

  @Get('tags')
  async listTags(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Query({ schema: tagsPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(path, caller, request, reply, async (context, view) => {
      const found = await this.tags.list(caller, toPath(path), { after: cursor, limit: per_page });
      return tagsPage(context, view, writePage('tags', found, toTag));
    });
  }

  @Get('tags/:tag')
  async showTag(
    @Param({ schema: tagParametersSchema }) { tag, ...path }: TagParameters,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(path, caller, request, reply, async (context, view) => {
      const found = await this.tags.find(caller, toPath(path), tag);
      const history = await this.tags.history(caller, toPath(path), tag, { limit: historyLength });
      return tagPage(context, view, toTag(found), history.items.map(toTagMove));
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
    void reply.redirect(repositoryPath({ ...path, official: false }), 303);
  }

  private async show(
    path: RepositoryPathDto,
    caller: Identity,
    request: CallerRequest,
    reply: FastifyReply,
    makePage: (context: PageContext, view: RepositoryView) => Promise<Page>,
  ): Promise<void> {
    const found = await this.repositories.find(caller, toPath(path));
    if (request.routeOptions.url?.startsWith('/r/') && path.namespace === 'library') {
      return void reply.redirect(request.originalUrl.replace(/^\/r\/library\//i, '/_/'), 301);
    }
    const context = this.pages.contextOf(request, reply);
    const isStarred = await this.stars.isStarred(caller, found.id);
    const mayChange =
      context.account !== undefined && (await this.repositories.allows(caller, toPath(path), 'metadata'));
    const view = { repository: toRepository(found), isStarred, mayChange };
    this.pages.send(reply, context, await makePage(context, view));
  }

  // With one registry, it is where a first push goes. Docker of today cannot push to one of the v1 protocol.
  private async pushHost(): Promise<string | undefined> {
    const registries = await this.registries.list();
    return registries.find(({ kind }) => kind !== 'v1')?.host;
  }
}
