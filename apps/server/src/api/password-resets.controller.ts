import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { PasswordResetsService } from '@central-index/accounts';
import { Access, Address } from '../access/access.decorator';
import {
  newPasswordSchema,
  passwordResetSchema,
  resetPathSchema,
  type NewPasswordDto,
  type PasswordResetDto,
  type ResetPathDto,
} from './password-resets.dto';

/** One-time links that set a password. The link is the only credential that is needed. */
@Controller('api/v1/password-resets')
@Access('anyone')
export class PasswordResetsController {
  constructor(private readonly resets: PasswordResetsService) {}

  @Get(':token')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Read whose password a link sets; POST to the same path sets it' })
  @ApiOkResponse({ standardSchema: passwordResetSchema })
  async show(@Param({ schema: resetPathSchema }) { token }: ResetPathDto): Promise<PasswordResetDto> {
    const { name, expiresAt } = await this.resets.find(token);
    return { username: name, expires_at: expiresAt.toISOString() };
  }

  @Post(':token')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Set the password, once; all sessions and logins of docker clients end' })
  @ApiNoContentResponse()
  async redeem(
    @Param({ schema: resetPathSchema }) { token }: ResetPathDto,
    @Body({ schema: newPasswordSchema }) { password }: NewPasswordDto,
    @Address() address: string,
  ): Promise<void> {
    await this.resets.redeem(token, password, address);
  }
}
