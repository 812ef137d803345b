import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccountAdministration, AccountsService, PasswordResetsService } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { CONFIG, type Config } from '@central-index/platform/config';
import { notFound } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { nameComponent } from '../../api/repositories.dto';
import type { Page } from '../layout/document';
import { textOf } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { requireConfirmation } from '../repository/confirmation';
import { accountPage, type AccountView } from './account.page';
import { actorOf, named, nothingWrong } from './admin-form';

const pathSchema = z.strictObject({ name: nameComponent });
type PathDto = z.infer<typeof pathSchema>;

const changes = ['enable', 'disable', 'unlock', 'grant', 'revoke'] as const;
const changeSchema = pathSchema.extend({ change: z.enum(changes) });
type ChangeDto = z.infer<typeof changeSchema>;

const maxNamespacesShown = 200;

/** One account, in a browser. */
@ApiExcludeController()
@Controller('admin/accounts/:name')
@Access('administrator-page')
export class AdminAccountController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly administration: AccountAdministration,
    private readonly resets: PasswordResetsService,
    private readonly namespaces: NamespacesService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async show(
    @Param({ schema: pathSchema }) { name }: PathDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.page(context, name, nothingWrong));
  }

  @Post('reset-password')
  @HttpCode(200)
  async resetPassword(
    @Param({ schema: pathSchema }) { name }: PathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // No redirect: the link is in this response only.
    const act = async (context: PageContext): Promise<Page> => {
      const { token, expiresAt } = await this.resets.create(name, actorOf(form));
      const link = `${this.config.server.publicUrl}/password-resets/${token}`;
      return this.page(context, name, nothingWrong, { reset: { link, expiresAt } });
    };
    await this.run(name, form, reply, act);
  }

  @Post('namespaces')
  @HttpCode(303)
  async assign(
    @Param({ schema: pathSchema }) { name }: PathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const namespace = textOf(form.body, 'namespace').trim();
    const act = async (): Promise<string> => {
      await named('namespace', this.namespaces.assign(namespace, name, actorOf(form)));
      return `/admin/accounts/${name}`;
    };
    await this.run(name, form, reply, act, { namespace });
  }

  @Post('delete')
  @HttpCode(303)
  async delete(
    @Param({ schema: pathSchema }) { name }: PathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (context: PageContext): Promise<string> => {
      requireConfirmation(context, form.body, name);
      await this.administration.delete(name, actorOf(form));
      return `/admin/accounts/${name}`;
    };
    await this.run(name, form, reply, act);
  }

  @Post(':change')
  @HttpCode(303)
  async change(
    @Param({ schema: changeSchema }) { name, change }: ChangeDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const actor = actorOf(form);
    const act = async (): Promise<string> => {
      if (change === 'grant' || change === 'revoke') {
        await this.administration.setAdministrator(name, change === 'grant', actor);
      } else await this.administration[change](name, actor);
      return `/admin/accounts/${name}`;
    };
    await this.run(name, form, reply, act);
  }

  private async run(
    name: string,
    { request, body }: SubmittedForm,
    reply: FastifyReply,
    act: (context: PageContext) => Promise<string | Page>,
    typed: Pick<AccountView, 'namespace'> = { namespace: '' },
  ): Promise<void> {
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.page(context, name, refusal, typed);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async page(
    context: PageContext,
    name: string,
    { errors }: Refusal,
    further: Partial<Pick<AccountView, 'reset' | 'namespace'>> = {},
  ): Promise<Page> {
    const account = await this.accounts.find(name);
    if (account === undefined) throw notFound('account', name);
    const [usage, owned] = await Promise.all([
      this.administration.usage(account),
      this.namespaces.list({ owner: account.name, limit: maxNamespacesShown }),
    ]);
    const namespaces = owned.map((namespace) => namespace.name);
    return accountPage(context, { account, ...usage, namespaces, namespace: '', ...further, errors });
  }
}
