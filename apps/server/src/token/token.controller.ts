import { Body, Controller, Get, Header, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import {
  accountOf,
  AccountsService,
  anonymous,
  RefreshTokensService,
  type Identity,
  type SignedIn,
} from '@central-index/accounts';
import { LOGGER, type Logger } from '@central-index/platform/logging';
import {
  AnonymousTokenCache,
  explanationLines,
  GrantsService,
  GrantCache,
  TokenExplainer,
  TokenSigner,
  type Grant,
} from '@central-index/tokens';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../access/access.decorator';
import { tokenAnswer, TokenForm, TokenQuery, type TokenAnswer } from './token.dto';
import { accountMismatch } from './token.errors';
import { TokenRequestLimits } from './token-request-limits';

/** Who asks for a token, for what, and over which connection. */
interface TokenIssueContext {
  readonly identity: Identity;
  readonly service: string;
  readonly scope?: string | readonly string[];
  readonly request: CallerRequest;
  readonly reply: FastifyReply;
}

/** The token endpoint that registries' challenges name, by the distribution token specification. */
@ApiExcludeController()
@Controller('token')
@Access('anyone')
export class TokenController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly refreshTokens: RefreshTokensService,
    private readonly limits: TokenRequestLimits,
    private readonly grants: GrantsService,
    private readonly signer: TokenSigner,
    private readonly anonymousTokens: AnonymousTokenCache,
    private readonly recent: GrantCache,
    private readonly explainer: TokenExplainer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A token with the allowed part of what is asked; without scopes it only proves the credentials (a login). With
   * `offline_token` a login gets an refresh token besides.
   */
  @Get()
  @Header('cache-control', 'no-store')
  async get(
    @Query({ schema: TokenQuery }) query: TokenQuery,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenAnswer> {
    // A browser sends its cookie whoever wrote the link, so a session counts for nothing here.
    const identity = caller.kind === 'account' && caller.via === 'session' ? anonymous : caller;
    // Without credentials the parameter is only a claim, and the caller stays anonymous.
    const account = accountOf(identity);
    if (account !== undefined && query.account !== undefined && query.account !== account.name) {
      throw accountMismatch();
    }
    const scopes = [query.scope ?? []].flat();
    const keepToken = this.anonymousTokens.beginFill();
    const keepGrant = this.recent.beginFill();
    const grant = await this.grant({ identity, ...query, request, reply });
    const issued = await this.signer.sign(grant);
    const { url } = request.raw;
    const { authorization } = request.headers;
    // Where every answer is explained in the log, none is given from memory.
    const repeatable = url !== undefined && !this.logger.isLevelEnabled('debug');
    if (identity.kind === 'anonymous') {
      if (repeatable) keepToken(url, scopes, grant, issued);
      return tokenAnswer(issued);
    }
    const { service, client_id = '' } = query;
    if (query.offline_token === 'true') {
      return tokenAnswer(issued, await this.issueRefreshToken(identity, service, client_id, request.ip));
    }
    if (repeatable && authorization !== undefined) {
      keepGrant({ authorization, url, address: request.ip }, scopes, { identity, grant });
    }
    return tokenAnswer(issued);
  }

  /** The same by OAuth2: with a password, or with the refresh token that a login got. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async post(
    @Body({ schema: TokenForm }) form: TokenForm,
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenAnswer & { readonly scope: string }> {
    const { service, client_id, scope } = form;
    const identity = await this.identify(form, request);
    const grant = await this.grant({ identity, service, scope, request, reply });
    let login: string | undefined;
    if (form.grant_type === 'refresh_token') login = form.refresh_token;
    else if (form.access_type === 'offline') {
      login = await this.issueRefreshToken(identity, service, client_id, request.ip);
    }
    const opened = grant.access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`);
    return { ...tokenAnswer(await this.signer.sign(grant), login), scope: opened.join(' ') };
  }

  private async identify(form: TokenForm, request: CallerRequest): Promise<SignedIn> {
    const identity =
      form.grant_type === 'refresh_token'
        ? await this.refreshTokens.authenticate(form.refresh_token, form.service)
        : await this.accounts.authenticate({
            name: form.username,
            secret: form.password,
            address: request.ip,
          });
    // For the line that the log has of every request.
    request.caller = identity;
    return identity;
  }

  private async grant({ identity, service, scope, request, reply }: TokenIssueContext): Promise<Grant> {
    await this.limits.request(identity, request.ip, reply);
    const asked = { identity, service, scopes: [scope ?? []].flat() };
    if (this.logger.isLevelEnabled('debug')) {
      // Before the grant: a first push changes what the explanation is about, and a refusal has one too.
      const explanation = explanationLines(await this.explainer.explain(asked));
      this.logger.debug({ requestId: request.id, explanation }, 'token explained');
    }
    const grant = await this.grants.grant(asked);
    await this.limits.granted(grant, request.ip, reply);
    return grant;
  }

  private issueRefreshToken(
    owner: SignedIn,
    service: string,
    client: string,
    address: string,
  ): Promise<string> {
    return this.refreshTokens.create(owner, { service, client, address });
  }
}
