import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccountsService, type Identity } from '@central-index/accounts';
import { notFound } from '@central-index/platform/errors';
import { RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { writePage, type PageDto } from '../../api/page.dto';
import { repositoriesPageSchema, toRepositorySummary } from '../../api/repositories.dto';
import { toPublicUser, usernameSchema } from '../../api/users.dto';
import { PageRenderer } from '../rendering/page-renderer';
import { userPage } from './user.page';

/** The pages of people. */
@ApiExcludeController()
@Controller('u/:username')
@Access('anyone')
export class UserPageController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly repositories: RepositoriesService,
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
    const account = await this.accounts.find(username);
    if (account === undefined || account.disabled) throw notFound('user', username);
    const found = await this.repositories.list(caller, account.name, { after: cursor, limit: per_page });
    const context = this.pages.contextOf(request, reply);
    const repositories = writePage('repositories', found, toRepositorySummary);
    this.pages.send(reply, context, userPage(context, toPublicUser(account), repositories));
  }
}
