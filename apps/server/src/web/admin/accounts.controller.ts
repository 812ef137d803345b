import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccountsService, InvitesService } from '@central-index/accounts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { adminUsersQuerySchema } from '../../admin/users.dto';
import { toPage } from '../../api/page.dto';
import type { Page } from '../layout/document';
import { textOf } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { accountsPage, type AccountsView } from './accounts.page';
import { actorOf, nothingWrong, withoutEmpty } from './admin-form';

const querySchema = z.preprocess(withoutEmpty, adminUsersQuerySchema);
type QueryDto = z.infer<typeof adminUsersQuerySchema>;

const firstPage: QueryDto = { per_page: 50, cursor: undefined };

/** The accounts, in a browser. */
@ApiExcludeController()
@Controller('admin/accounts')
@Access('administrator-page')
export class AdminAccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly invites: InvitesService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Query({ schema: querySchema }) query: QueryDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.page(context, query, '', nothingWrong));
  }

  @Post('invites')
  @HttpCode(200)
  async invite(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    const { request, body } = form;
    const email = textOf(body, 'email').trim();
    // No redirect: the code is in this response only.
    const act = async (context: PageContext): Promise<Page> => {
      const invite = await this.invites.create(email === '' ? {} : { email }, actorOf(form));
      return this.page(context, firstPage, '', nothingWrong, invite);
    };
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.page(context, firstPage, email, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async page(
    context: PageContext,
    { per_page, cursor, q }: QueryDto,
    email: string,
    { errors }: Refusal,
    invite?: AccountsView['invite'],
  ): Promise<Page> {
    const rows = await this.accounts.list({ before: cursor, q, limit: per_page + 1 });
    const { items: accounts, next } = toPage(
      'users',
      rows,
      per_page,
      ({ id }) => id,
      (account) => account,
    );
    const isFirst = cursor === undefined;
    return accountsPage(context, { accounts, next, isFirst, q: q ?? '', email, invite, errors });
  }
}
