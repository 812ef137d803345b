import { Body, Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { SessionsService } from '@central-index/accounts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access.decorator';
import { Authenticator } from '../access/authenticator';
import { SessionCookie } from '../access/session-cookie';
import { loginSchema, toUser, userSchema, type LoginDto, type UserDto } from './users.dto';

/** Sign-in and sign-out with a session cookie. */
@Controller('api/v1/login')
@Access('anyone')
export class LoginController {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Sign in; the response sets a session cookie' })
  @ApiOkResponse({ standardSchema: userSchema })
  async create(
    // The password strategy reads this body from the request, after the schema has validated it.
    @Body({ schema: loginSchema }) _body: LoginDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserDto> {
    const caller = await this.authenticator.signIn(request);
    await this.endSession(request);
    this.cookie.set(
      reply,
      await this.sessions.start(caller, { address: request.ip, userAgent: request.headers['user-agent'] }),
    );
    return toUser(caller.account);
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out' })
  @ApiNoContentResponse()
  async delete(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.endSession(request);
    this.cookie.clear(reply);
  }

  private async endSession(request: FastifyRequest): Promise<void> {
    const secret = this.cookie.read(request);
    if (secret !== undefined) await this.sessions.end(secret);
  }
}
