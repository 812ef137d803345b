import { Body, Controller, Delete, Get, Headers, HttpCode, Patch, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AccountSettingsService, SessionsService, type SignedIn } from '@central-index/accounts';
import { DeletedAccountsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Address, Caller } from '../access/access.decorator';
import { SessionCookie } from '../access/session-cookie';
import {
  toUser,
  userChangesSchema,
  userDeletionSchema,
  userSchema,
  type UserChangesDto,
  type UserDeletionDto,
  type UserDto,
} from './users.dto';

/** The caller's own account. */
@Controller('api/v1/user')
@Access('sign-in')
export class UserController {
  constructor(
    private readonly settings: AccountSettingsService,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
    private readonly deletedAccounts: DeletedAccountsService,
  ) {}

  @Get()
  @Access('account')
  @ApiOperation({ summary: 'Read the own account; access tokens are accepted' })
  @ApiOkResponse({ standardSchema: userSchema })
  show(@Caller() { account }: SignedIn): UserDto {
    return toUser(account);
  }

  @Patch()
  @ApiOperation({ summary: 'Change e-mail address or password; a new password ends all other sessions' })
  @ApiOkResponse({ standardSchema: userSchema })
  async update(
    @Body({ schema: userChangesSchema })
    { email, password, current_password: currentPassword }: UserChangesDto,
    @Caller() caller: SignedIn,
    @Address() address: string,
    @Headers('user-agent') userAgent: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserDto> {
    const changed = await this.settings.update(caller, { email, password, currentPassword }, address);
    // The change ended this session as well; the caller gets a new one.
    if (password !== undefined && caller.via === 'session') {
      this.cookie.set(reply, await this.sessions.start(changed, { address, userAgent }));
    }
    return toUser(changed.account);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete the account permanently; its name cannot be registered again' })
  @ApiNoContentResponse()
  async delete(
    @Body({ schema: userDeletionSchema }) { password }: UserDeletionDto,
    @Caller() caller: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.settings.delete(caller, password, address);
    // A job does the same and the rest; counts are right already when the response is sent.
    await this.deletedAccounts.deleteStars(caller.account.id);
    this.cookie.clear(reply);
  }
}
