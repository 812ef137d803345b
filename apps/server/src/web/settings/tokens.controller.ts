import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccessTokensService, type Identity, type SignedIn } from '@central-index/accounts';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import {
  accessTokenIdSchema,
  accessTokensPageSchema,
  newAccessTokenSchema,
  toAccessToken,
  type AccessTokenDto,
} from '../../api/access-tokens.dto';
import { toPage, type ListDto, type PageDto } from '../../api/page.dto';
import type { Page } from '../layout/document';
import { checkForm, listOf, textOf, type FormBody } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { tokensPage, type TokenForm } from './tokens.page';

const dayMs = 86_400_000;
const firstPage: PageDto = { per_page: 50 };

/** Access tokens in a browser. */
@ApiExcludeController()
@Controller('settings/tokens')
@Access('sign-in')
export class TokensPageController {
  constructor(
    private readonly tokens: AccessTokensService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Query({ schema: accessTokensPageSchema }) query: PageDto,
    @Caller() caller: SignedIn,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    const tokens = await this.list(caller, query);
    const form = { label: '', permissions: ['pull'], repositories: `${caller.account.name}/*`, days: '90' };
    this.pages.send(reply, context, tokensPage(context, { tokens, form, refusal: { errors: [] } }));
  }

  @Post()
  @Access('anyone')
  @HttpCode(200)
  async create(
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const form = formOf(body);
    const act = async (context: PageContext): Promise<Page> => {
      const { expires_at, ...input } = checkForm(newAccessTokenSchema, inputOf(form));
      const expiresAt = expires_at ? new Date(expires_at) : null;
      const { secret } = await this.tokens.create(caller as SignedIn, { ...input, expiresAt }, request.ip);
      const tokens = await this.list(caller, firstPage);
      const empty = { ...form, label: '' };
      // No redirect: the secret is in this response only.
      return tokensPage(context, { tokens, form: empty, secret, refusal: { errors: [] } });
    };
    const show = async (context: PageContext, refusal: Refusal): Promise<Page> =>
      tokensPage(context, { tokens: await this.list(caller, firstPage), form, refusal });
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  @Post(':id/revoke')
  @Access('anyone')
  @HttpCode(303)
  async revoke(
    @Param({ schema: accessTokenIdSchema }) { id }: { id: string },
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (): Promise<string> => {
      await this.tokens.revoke(caller as SignedIn, id, request.ip);
      return '/settings/tokens';
    };
    const show = async (context: PageContext, refusal: Refusal): Promise<Page> =>
      tokensPage(context, { tokens: await this.list(caller, firstPage), form: formOf({}), refusal });
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async list(caller: Identity, { per_page, cursor }: PageDto): Promise<ListDto<AccessTokenDto>> {
    const options = { before: cursor, limit: per_page + 1 };
    const tokens = await this.tokens.list((caller as SignedIn).account, options);
    return toPage('access-tokens', tokens, per_page, ({ id }) => id, toAccessToken);
  }
}

function formOf(body: FormBody): TokenForm {
  return {
    label: textOf(body, 'label'),
    permissions: listOf(body, 'permissions'),
    repositories: textOf(body, 'repositories'),
    days: textOf(body, 'days'),
  };
}

// In the fields of the REST body, whose schema checks them.
function inputOf({ label, permissions, repositories, days }: TokenForm): FormBody {
  const patterns = repositories.split(/[\s,]+/).filter((pattern) => pattern !== '');
  return {
    label,
    permissions,
    repositories: patterns,
    ...(/^\d{1,4}$/.test(days)
      ? { expires_at: new Date(Date.now() + Number(days) * dayMs).toISOString() }
      : {}),
  };
}
