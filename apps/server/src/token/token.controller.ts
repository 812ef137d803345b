import { Controller, Get, Header, Post, Query, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { anonymous, type Identity } from '@central-index/accounts';
import { AnonymousTokens, GrantsService, TokenSigner } from '@central-index/tokens';
import type { FastifyRequest } from 'fastify';
import { Access, Caller } from '../access/access.decorator';
import { tokenAnswer, TokenQuery, type TokenAnswer } from './token.dto';
import { accountMismatch, postNotServed } from './token.errors';

/** The token endpoint that registries' challenges name, by the distribution token specification. */
@ApiExcludeController()
@Controller('token')
@Access('anyone')
export class TokenController {
  constructor(
    private readonly grants: GrantsService,
    private readonly signer: TokenSigner,
    private readonly repeated: AnonymousTokens,
  ) {}

  /** A token with the allowed part of what is asked; without scopes it only proves the credentials (a login). */
  @Get()
  @Header('cache-control', 'no-store')
  async get(
    @Query({ schema: TokenQuery }) query: TokenQuery,
    @Caller() caller: Identity,
    @Req() request: FastifyRequest,
  ): Promise<TokenAnswer> {
    // A browser sends its cookie whoever wrote the link, so a session counts for nothing here.
    const identity = caller.kind === 'account' && caller.via === 'session' ? anonymous : caller;
    // Without credentials the parameter is only a claim, and the caller stays anonymous.
    if (
      identity.kind === 'account' &&
      query.account !== undefined &&
      query.account !== identity.account.name
    ) {
      throw accountMismatch();
    }
    const keep = this.repeated.answering();
    const scopes = [query.scope ?? []].flat();
    const grant = await this.grants.grant({ identity, service: query.service, scopes });
    const issued = await this.signer.sign(grant);
    if (identity.kind === 'anonymous') keep(request.raw.url!, scopes, grant, issued);
    return tokenAnswer(issued);
  }

  /** Clients that try the OAuth2 form first are sent on to GET. */
  @Post()
  post(): never {
    throw postNotServed();
  }
}
