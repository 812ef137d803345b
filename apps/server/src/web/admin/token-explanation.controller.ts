import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccountsService } from '@central-index/accounts';
import { notFound } from '@central-index/platform/errors';
import { indexService, RegistriesService } from '@central-index/registries';
import { TokenExplainer } from '@central-index/tokens';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { tokenExplanationSchema } from '../../admin/token-explanations.dto';
import { nameComponent } from '../../api/repositories.dto';
import { PageRenderer } from '../rendering/page-renderer';
import { withoutEmpty } from './admin-form';
import { tokenExplanationPage } from './token-explanation.page';

const pathSchema = z.strictObject({ name: nameComponent });
const querySchema = z.preprocess(
  withoutEmpty,
  tokenExplanationSchema.omit({ account: true, access_token: true }).partial(),
);
type QueryDto = z.infer<typeof querySchema>;

/** Explains, in a browser, which scopes a token request of an account is granted. */
@ApiExcludeController()
@Controller('admin/accounts/:name/token-explanation')
@Access('administrator-page')
export class AdminTokenExplanationController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly registries: RegistriesService,
    private readonly explainer: TokenExplainer,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Param({ schema: pathSchema }) { name }: z.infer<typeof pathSchema>,
    @Query({ schema: querySchema }) query: QueryDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const account = await this.accounts.find(name);
    if (account === undefined) throw notFound('account', name);
    const services = [...(await this.registries.list()).map(({ service }) => service), indexService];
    const { service = services[0]!, scope } = query;
    const scopes = [scope ?? []].flat();
    const explanation =
      scopes.length === 0
        ? undefined
        : await this.explainer.explainFor({ account: account.name, service, scopes });
    const view = { account: account.name, services, service, scope: scopes.join(' '), explanation };
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, tokenExplanationPage(context, view));
  }
}
