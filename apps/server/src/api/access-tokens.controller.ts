import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AccessTokensService, type SignedIn } from '@central-index/accounts';
import { ApiPage } from './api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import {
  accessTokenChangesSchema,
  accessTokenIdSchema,
  accessTokenSchema,
  accessTokensPageSchema,
  accessTokensSchema,
  createdAccessTokenSchema,
  newAccessTokenSchema,
  toAccessToken,
  type AccessTokenChangesDto,
  type AccessTokenDto,
  type CreatedAccessTokenDto,
  type NewAccessTokenDto,
} from './access-tokens.dto';
import { toPage, type ListDto, type PageDto } from './page.dto';

/** The caller's personal access tokens. */
@Controller('api/v1/user/tokens')
@Access('sign-in')
export class AccessTokensController {
  constructor(private readonly tokens: AccessTokensService) {}

  @Get()
  @ApiOperation({ summary: 'List access tokens, newest first' })
  @ApiPage(accessTokensSchema)
  async list(
    @Query({ schema: accessTokensPageSchema }) { per_page, cursor }: PageDto,
    @Caller() { account }: SignedIn,
  ): Promise<ListDto<AccessTokenDto>> {
    const tokens = await this.tokens.list(account, { before: cursor, limit: per_page + 1 });
    return toPage('access-tokens', tokens, per_page, ({ id }) => id, toAccessToken);
  }

  @Post()
  @ApiOperation({ summary: 'Create an access token; it is shown only in this response' })
  @ApiCreatedResponse({ standardSchema: createdAccessTokenSchema })
  async create(
    @Body({ schema: newAccessTokenSchema }) body: NewAccessTokenDto,
    @Caller() caller: SignedIn,
    @Address() address: string,
  ): Promise<CreatedAccessTokenDto> {
    const { label, permissions, repositories, expires_at } = body;
    const expiresAt = expires_at ? new Date(expires_at) : null;
    const token = await this.tokens.create(caller, { label, permissions, repositories, expiresAt }, address);
    return { ...toAccessToken(token), token: token.secret };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read an access token, without its secret' })
  @ApiOkResponse({ standardSchema: accessTokenSchema })
  async show(
    @Param({ schema: accessTokenIdSchema }) { id }: { id: string },
    @Caller() { account }: SignedIn,
  ): Promise<AccessTokenDto> {
    return toAccessToken(await this.tokens.find(account, id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change label or expiry of an access token; an expired one stays expired' })
  @ApiOkResponse({ standardSchema: accessTokenSchema })
  async update(
    @Param({ schema: accessTokenIdSchema }) { id }: { id: string },
    @Body({ schema: accessTokenChangesSchema }) { label, expires_at }: AccessTokenChangesDto,
    @Caller() caller: SignedIn,
    @Address() address: string,
  ): Promise<AccessTokenDto> {
    const expiresAt = typeof expires_at === 'string' ? new Date(expires_at) : expires_at;
    return toAccessToken(await this.tokens.update(caller, id, { label, expiresAt }, address));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an access token' })
  @ApiNoContentResponse()
  async delete(
    @Param({ schema: accessTokenIdSchema }) { id }: { id: string },
    @Caller() caller: SignedIn,
    @Address() address: string,
  ): Promise<void> {
    await this.tokens.revoke(caller, id, address);
  }
}
