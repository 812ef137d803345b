import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import { RefreshTokensService, type RefreshTokenRecord, type SignedIn } from '@central-index/accounts';
import { z } from 'zod';
import { ApiPage } from './api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { listOf, pageSchema, toPage, type ListDto, type PageDto } from './page.dto';
import { idText } from './query-values';

const refreshTokenSchema = z
  .strictObject({
    id: z.string(),
    service: z.string().describe('service of the registry that the login is for'),
    client: z.string().describe('name that the client sent, for example docker'),
    address: z.string().describe('IP address of the login'),
    by_access_token: z
      .boolean()
      .describe('whether the login used an access token, whose restrictions then apply'),
    expires_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'RefreshToken' });
type RefreshTokenDto = z.infer<typeof refreshTokenSchema>;
const refreshTokensSchema = listOf(refreshTokenSchema).meta({ id: 'RefreshTokens' });
const idSchema = z.strictObject({ id: idText });

/** The refresh tokens that the caller's docker clients store. */
@Controller('api/v1/user/refresh-tokens')
@Access('sign-in')
export class RefreshTokensController {
  constructor(private readonly tokens: RefreshTokensService) {}

  @Get()
  @ApiOperation({ summary: 'List refresh tokens, newest first' })
  @ApiPage(refreshTokensSchema)
  async list(
    @Query({ schema: pageSchema('refresh-tokens', 'id') }) { per_page, cursor }: PageDto,
    @Caller() { account }: SignedIn,
  ): Promise<ListDto<RefreshTokenDto>> {
    const tokens = await this.tokens.list(account, { before: cursor, limit: per_page + 1 });
    return toPage('refresh-tokens', tokens, per_page, ({ id }) => id, toDto);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke all refresh tokens' })
  @ApiNoContentResponse()
  async deleteAll(@Caller() caller: SignedIn, @Address() address: string): Promise<void> {
    await this.tokens.revokeAll(caller, address);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a refresh token; its client must log in again' })
  @ApiNoContentResponse()
  async delete(
    @Param({ schema: idSchema }) { id }: { id: string },
    @Caller() caller: SignedIn,
    @Address() address: string,
  ): Promise<void> {
    await this.tokens.revoke(caller, id, address);
  }
}

function toDto(token: RefreshTokenRecord): RefreshTokenDto {
  return {
    id: token.id,
    service: token.service,
    client: token.client,
    address: token.address,
    by_access_token: token.byAccessToken,
    expires_at: token.expiresAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    created_at: token.createdAt.toISOString(),
  };
}
