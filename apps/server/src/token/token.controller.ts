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
import { foldCase } from '@central-index/naming';
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
import type { FormFields } from '../http/body/form';
import { readTokenForm, readTokenQuery, type TokenForm } from './token-parameters';
import { toTokenResponse, type TokenResponse } from './token.dto';
import { accountMismatch } from './token.errors';
import { TokenRequestLimits } from './token-request-limits';

/** A token request whose caller is authenticated. */
interface TokenIssueContext {
  readonly identity: Identity;
  readonly service: string;
  readonly scopes: readonly string[];
  readonly request: CallerRequest;
  readonly reply: FastifyReply;
}

/** The realm of registries' challenges: the token endpoint of the distribution token specification. */
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
    private readonly grantCache: GrantCache,
    private readonly explainer: TokenExplainer,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Issues a token with the allowed part of the requested scopes. A request without scopes only proves the credentials
   * (`docker login`); with `offline_token=true` its response has a refresh token as well.
   */
  @Get()
  @Header('cache-control', 'no-store')
  async get(
    @Query() fields: FormFields,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenResponse> {
    const { service, scopes, account: claimed, client, offline } = readTokenQuery(fields);
    // Browsers send the cookie with links on pages of any site, so a session counts as anonymous here.
    const identity = caller.kind === 'account' && caller.via === 'session' ? anonymous : caller;
    // Without credentials, `account` is only a claim, and the caller stays anonymous.
    const account = accountOf(identity);
    if (account !== undefined && claimed !== undefined && foldCase(claimed) !== account.name) {
      throw accountMismatch();
    }
    const storeToken = this.anonymousTokens.beginFill();
    const storeGrant = this.grantCache.beginFill();
    const grant = await this.grant({ identity, service, scopes, request, reply });
    const issued = await this.signer.sign(grant);
    const { url } = request.raw;
    const { authorization } = request.headers;
    // At log level debug every grant is explained in the log, so nothing is cached.
    const cacheable = url !== undefined && !this.logger.isLevelEnabled('debug');
    if (identity.kind === 'anonymous') {
      if (cacheable) storeToken(url, scopes, grant, issued);
      return toTokenResponse(issued);
    }
    if (offline) {
      return toTokenResponse(issued, await this.issueRefreshToken(identity, service, client, request.ip));
    }
    if (cacheable && authorization !== undefined) {
      storeGrant({ authorization, url, address: request.ip }, scopes, { identity, grant });
    }
    return toTokenResponse(issued);
  }

  /** The same by OAuth 2.0, with a password or with the refresh token of a login. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async post(
    @Body() fields: FormFields | undefined,
    @Req() request: CallerRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TokenResponse & { readonly scope: string }> {
    const form = readTokenForm(fields ?? {});
    const { service, scopes, client } = form;
    const identity = await this.identify(form, request);
    const grant = await this.grant({ identity, service, scopes, request, reply });
    let refreshToken: string | undefined;
    if (form.grantType === 'refresh_token') refreshToken = form.refreshToken;
    else if (form.offline) refreshToken = await this.issueRefreshToken(identity, service, client, request.ip);
    const granted = grant.access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(',')}`);
    const issued = await this.signer.sign(grant);
    return { ...toTokenResponse(issued, refreshToken), scope: granted.join(' ') };
  }

  private async identify(form: TokenForm, request: CallerRequest): Promise<SignedIn> {
    const identity =
      form.grantType === 'refresh_token'
        ? await this.refreshTokens.authenticate(form.refreshToken, form.service)
        : await this.accounts.authenticate({
            name: form.username,
            secret: form.password,
            address: request.ip,
          });
    // The request log reads it.
    request.caller = identity;
    return identity;
  }

  private async grant({ identity, service, scopes, request, reply }: TokenIssueContext): Promise<Grant> {
    await this.limits.request(identity, request.ip, reply);
    const tokenRequest = { identity, service, scopes };
    if (this.logger.isLevelEnabled('debug')) {
      // Before the grant: a first push changes the state that is explained, and a refusal has an explanation as well.
      const explanation = explanationLines(await this.explainer.explain(tokenRequest));
      this.logger.debug({ requestId: request.id, explanation }, 'token explained');
    }
    const grant = await this.grants.grant(tokenRequest);
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
