import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  accountOf,
  AccountsService,
  type Account,
  type Identity,
  type SignedIn,
} from '@central-index/accounts';
import { notFound } from '@central-index/platform/errors';
import { RepositoriesService, StarsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { writePage, type PageDto } from '../../api/page.dto';
import { repositoriesPageSchema, toRepositorySummary } from '../../api/repositories.dto';
import { starredPageSchema, toStarred } from '../../api/stars.dto';
import { toPublicUser, usernameSchema } from '../../api/users.dto';
import { PageRenderer } from '../rendering/page-renderer';
import { userPage } from './user.page';

/** The pages of people: their repositories and, for themselves, what they have starred. */
@ApiExcludeController()
@Controller('u/:username')
@Access('anyone')
export class UserPageController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly repositories: RepositoriesService,
    private readonly stars: StarsService,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Param({ schema: usernameSchema }) { username }: { username: string },
    @Query({ schema: repositoriesPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = await this.find(username);
    const found = await this.repositories.list(caller, account.name, { after: cursor, limit: per_page });
    const context = this.pages.contextOf(request, reply);
    const repositories = writePage('repositories', found, toRepositorySummary);
    const isOwn = accountOf(caller)?.id === account.id;
    const view = { user: toPublicUser(account), repositories, isOwn, section: 'repositories' } as const;
    this.pages.send(reply, context, userPage(context, view));
  }

  // As in the REST API, what a person has starred is listed for that person only.
  @Get('stars')
  @Access('sign-in')
  async showStars(
    @Param({ schema: usernameSchema }) { username }: { username: string },
    @Query({ schema: starredPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: SignedIn,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = await this.find(username);
    if (account.id !== caller.account.id) throw notFound('page');
    const found = await this.stars.starred(caller, { after: cursor, limit: per_page });
    const context = this.pages.contextOf(request, reply);
    const repositories = writePage('starred', found, toStarred);
    const view = { user: toPublicUser(account), repositories, isOwn: true, section: 'stars' } as const;
    this.pages.send(reply, context, userPage(context, view));
  }

  private async find(username: string): Promise<Account> {
    const account = await this.accounts.find(username);
    if (account === undefined || account.disabled) throw notFound('user', username);
    return account;
  }
}
