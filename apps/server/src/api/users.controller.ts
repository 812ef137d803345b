import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AccountsService, CreationRateLimits } from '@central-index/accounts';
import { SignUpService } from '@central-index/namespaces';
import { notFound } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { Access, Address } from '../access/access.decorator';
import { addRateLimits } from '../http/rate-limit-headers';
import { Refuses } from './openapi/operations';
import {
  newUserSchema,
  publicUserSchema,
  toPublicUser,
  toUser,
  usernameSchema,
  userSchema,
  type NewUserDto,
  type PublicUserDto,
  type UserDto,
} from './users.dto';

/** Sign-up, and the public part of accounts. */
@Controller('api/v1/users')
export class UsersController {
  constructor(
    private readonly signUps: SignUpService,
    private readonly accounts: AccountsService,
    private readonly limits: CreationRateLimits,
  ) {}

  @Post()
  @Access('anyone')
  @Refuses(409)
  @ApiOperation({ summary: 'Sign up' })
  @ApiCreatedResponse({ standardSchema: userSchema })
  async create(
    @Body({ schema: newUserSchema }) body: NewUserDto,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserDto> {
    const account = await this.signUps.signUp(body, { address });
    addRateLimits(reply, await this.limits.states('sign-up', address));
    return toUser(account);
  }

  @Get(':username')
  @Access('anyone')
  @ApiOperation({ summary: 'Read the public part of an account' })
  @ApiOkResponse({ standardSchema: publicUserSchema })
  async show(@Param({ schema: usernameSchema }) { username }: { username: string }): Promise<PublicUserDto> {
    const account = await this.accounts.find(username);
    // A disabled or deleted account keeps its name, and is shown to administrators only.
    if (account === undefined || account.disabled) throw notFound('user', username);
    return toPublicUser(account);
  }
}
